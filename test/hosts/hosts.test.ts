import fs from "node:fs";
import { describe, expect, it } from "vitest";
import type { Host } from "../support/host.ts";
import { hostsOrSkip, makeHosts } from "../support/hosts.ts";
import { until } from "../support/until.ts";

const QUICK = { Poll_Interval: 0.2, Settle_Time: 0.5, Min_Free_Disk: "0 B", MaxNbProcessors: 2 };

async function tell(host: Host, script: string): Promise<string> {
  const program = host.start(["sh", "-c", script]);
  await program.end();
  return program.said.trim();
}

describe.runIf(hostsOrSkip())("hosts on this machine", () => {
  it("have names, ids, processes and a network of their own, and one folder", async () => {
    const { hosts } = await makeHosts(2, () => ({}));
    const ids =
      "hostname; cat /etc/machine-id 2>/dev/null || echo none of $(hostname); cat /proc/sys/kernel/random/boot_id; ls /sys/class/net | wc -l";
    const told = await Promise.all(hosts.map((host) => tell(host, `${ids}; ps -e -o comm= | head -1`)));
    for (const lines of told) expect(new Set(lines.split("\n")).size).toBe(5);
    expect(told[0]?.split("\n")[0]).toBe("lab1");
    expect(told[1]?.split("\n")[1]).not.toBe(told[0]?.split("\n")[1]);
    expect(told[1]?.split("\n")[2]).not.toBe(told[0]?.split("\n")[2]);
  });

  it("run a manager and its jobs, which a crash ends, a pause keeps, and a cut leaves alone", async () => {
    const { hosts, queue } = await makeHosts(1, () => ({ QMServer: QUICK }));
    const [host] = hosts as [Host];
    let manager = host.qm("daemon");
    await until("the manager", () => queue.status());
    queue.deliver("short", { script: "hostname >who" });
    expect(await queue.ended("short")).toMatchObject({ state: "done", host: "lab1" });
    for (const name of ["paused", "cut"]) queue.deliver(name, { script: "sleep 3; exit 3" });
    for (const name of ["paused", "cut"]) await queue.started(name);
    await host.pause();
    await host.resume();
    host.cutOff();
    await manager.saying("the queue's folders are away");
    expect(fs.readdirSync(queue.layout.running)).toContain("cut");
    host.reconnect();
    for (const name of ["paused", "cut"])
      expect(await queue.ended(name)).toMatchObject({ state: "failed", exitCode: 3, attempt: 1 });
    queue.deliver("lost", { script: "sleep 100" });
    await queue.started("lost");
    await host.crash();
    expect(await manager.end()).not.toBe(0);
    await host.boot();
    manager = host.qm("daemon");
    expect(await queue.ended("lost")).toMatchObject({ state: "lost" });
    expect(await host.qm("stop").end()).toBe(0);
    expect(await manager.end()).toBe(0);
    expect(queue.history()).toHaveLength(4);
  });
});
