import { spawn } from "node:child_process";
import { once } from "node:events";

/** Starts `sh -c true` this often from Node, so many at a time, and waits for the last: the floor of any job queue in it. */
export async function spawnTrue(times: number, inFlight: number): Promise<void> {
  let left = times;
  const oneByOne = async () => {
    while (left > 0) {
      left -= 1;
      await once(spawn("sh", ["-c", "true"], { stdio: "ignore" }), "exit");
    }
  };
  await Promise.all(Array.from({ length: inFlight }, oneByOne));
}
