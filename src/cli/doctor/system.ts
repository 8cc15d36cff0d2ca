import fs from "node:fs";
import { type ManagerState, managerState, silenceOf } from "../../app/manager-state.ts";
import { otherConfiguration } from "../../app/other-configuration.ts";
import type { Queue } from "../../app/queue.ts";
import { type Config, processorsKey } from "../../config/config.ts";
import { cpuQuota, describeQuota } from "../../disk/cpu-quota.ts";
import type { Services } from "../services.ts";
import type { Session } from "../session.ts";
import { type Finding, failure, fine, warning } from "./finding.ts";

/** Looks at this machine: the programs that jobs are run with, processors, the user, a manager. */
export function checkSystem({ services, io }: Session, queue: Queue): Finding[] {
  return [
    checkShell(),
    ...PROGRAMS.map((program) => checkProgram(program, services, io.env["PATH"] ?? "")),
    checkPinning(services, queue.config),
    ...checkQuota(queue.config),
    checkUser(),
    ...checkInit(services),
    ...checkManager(services, queue),
  ];
}

interface Program {
  readonly name: string;
  readonly tell: typeof warning;
  readonly without: string;
}

const PROGRAMS: readonly Program[] = [
  { name: "flock", tell: failure, without: "the queue cannot be locked against a second manager" },
  { name: "setsid", tell: failure, without: "jobs cannot be started apart from the manager" },
  { name: "sync", tell: warning, without: "a power cut may take back how a job ended" },
  { name: "taskset", tell: warning, without: "jobs are not kept to their processors" },
];

const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

function checkShell(): Finding {
  try {
    fs.accessSync("/bin/sh", fs.constants.X_OK);
    return fine("/bin/sh", "is there");
  } catch {
    return failure("/bin/sh", "is missing, so no job can run", "install a POSIX shell");
  }
}

function checkProgram(
  { name, tell, without }: Program,
  { findProgram }: Services,
  searchPath: string,
): Finding {
  const file = findProgram(name, searchPath) ?? findProgram(name, SYSTEM_PATH);
  if (file !== undefined) return fine(name, file);
  return tell(name, `is missing: ${without}`, "install it (package util-linux, for sync coreutils)");
}

function checkPinning({ pinningSupport }: Services, config: Config): Finding {
  const pinning = pinningSupport();
  const onlyTold = "jobs are only told how many processors they may use (OMP_NUM_THREADS and the like)";
  if (pinning.kind === "unavailable")
    return warning("processors", `${pinning.why}: ${onlyTold}`, "install util-linux, or leave it so");
  const count = pinning.processors.length;
  const { processors } = config.worker;
  if (processors <= count)
    return fine("processors", `each job gets processors of its own (${processors} of ${count})`);
  return warning(
    "processors",
    `${processorsKey(config)} is ${processors}, there are ${count}: ${onlyTold}`,
    `set it to ${count} or less`,
  );
}

function checkQuota(config: Config): Finding[] {
  const quota = cpuQuota();
  if (quota === undefined) return [];
  const most = Math.max(1, Math.ceil(quota));
  const { processors } = config.worker;
  const text = `${describeQuota(quota)}; ${processorsKey(config)} is ${processors}`;
  if (processors <= most) return [fine("CPU quota", text)];
  const mend = `set it to ${most} or less, or leave it empty`;
  return [warning("CPU quota", `${text}: jobs slow each other down`, mend)];
}

function checkUser(): Finding {
  if (process.getuid?.() !== 0) return fine("user", "not root");
  return warning("user", "root: a manager started so runs every job as root", "run it as a user of its own");
}

function checkInit({ isNodeFirst }: Services): Finding[] {
  if (!isNodeFirst()) return [];
  const text = "process 1 is Node.js: what jobs leave behind stays as a zombie when it has ended";
  return [warning("init", text, "start the container with `--init` (compose: `init: true`)")];
}

function checkManager(services: Services, { loaded, layout }: Queue): Finding[] {
  const state = managerState(layout, services);
  const other = otherConfiguration(loaded, state, services);
  if (state.kind === "absent") {
    if (other !== undefined) return [warning("manager", "none runs in this folder", other)];
    return [warning("manager", "none runs", "`qm start`, or a service (`qm service`)")];
  }
  const values = other === undefined ? [] : [warning("configuration", other, "let both go by the same file")];
  return [livingManager(state), ...values];
}

function livingManager(state: Extract<ManagerState, { readonly kind: "alive" }>): Finding {
  const silence = silenceOf(state);
  const { pid, host } = state.status;
  if (silence === undefined) return fine("manager", `process ${pid} on ${host}`);
  const mend = `\`kill -CONT ${pid}\` lets a stopped one go on; running jobs are safe`;
  return warning("manager", silence, mend);
}

const SUBJECT = "mail";

/** Sends a test mail, and tells what came of it. */
export async function checkMail(
  { services, io }: Session,
  { mail }: Config,
  address: string,
): Promise<Finding[]> {
  const { sendTestMail } = await services.mails();
  const { what, mend, warnings } = await sendTestMail(mail, io.env, address);
  const findings = [
    mend === undefined ? fine(SUBJECT, what) : failure(SUBJECT, what, mend),
    ...warnings.map((text) => warning(SUBJECT, text, "so that no other user of this machine reads it")),
  ];
  if (!mail.active)
    findings.push(warning(SUBJECT, "MailActive is False: no job sends mails", "MailActive = True"));
  if (mail.from === undefined)
    findings.push(warning(SUBJECT, "From is not set: servers may refuse the sender", "set From in [Mail]"));
  return findings;
}
