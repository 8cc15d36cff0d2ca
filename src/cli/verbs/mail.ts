import { hasManager } from "../../app/manager-state.ts";
import { noManager } from "../../app/other-configuration.ts";
import type { Queue } from "../../app/queue.ts";
import { wakeManager } from "../../app/request-job.ts";
import { errorCode, isDenied } from "../../disk/error-code.ts";
import type { ListedLetter } from "../../job/letter.ts";
import { leaveMailRequest, type MailRequest } from "../../queue/manager-requests.ts";
import { QmError } from "../../text/errors.ts";
import { groupBy } from "../../text/group-by.ts";
import { counted } from "../../text/quantity.ts";
import { openExistingQueueAnyway, openExistingQueueToAct } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { note, type ReadingOptions, styleFor, writeAnswer, writeLines } from "../terminal/output.ts";
import { type Column, shortTable } from "../terminal/table.ts";
import { ago } from "../terminal/times.ts";

/**
 * `qm mail`: what waits in the outbox and what could not be delivered; `send` tries all now, `drop` throws some away.
 * `--json`: `{ version: 1, mails: [{ id, state: "waiting" | "undelivered", createdAt, subject, to, pending,
 * refused: [{ address, why }], job?, lastAnswer? }] }`.
 */
export const addMail: AddVerb = (program, bind) => {
  const mail = program
    .command("mail")
    .description("show the mails that wait or could not be delivered")
    .option("--json", "one JSON value")
    .option("-q, --quiet", "only the ids of the mails")
    .action(bind(list));
  mail.command("send").description("try all waiting mails now").action(bind(sendNow));
  mail
    .command("drop")
    .description("throw mails away, by their ids")
    .argument("[id...]", "ids, as `qm mail` shows them")
    .option("--undelivered", "all that could not be delivered")
    .action(bind(drop));
};

async function list(session: Session, options: ReadingOptions): Promise<void> {
  const { io } = session;
  const mails = await mailsOf(session, openExistingQueueAnyway(session));
  writeAnswer(io, options, {
    json: () => ({ version: 1, mails }),
    names: () => mails.map(({ id }) => id),
    write: () => (mails.length === 0 ? note(io, "no mail waits") : writeTable(session, mails)),
  });
}

/** The state of a mail for some of its receivers. */
interface Fate {
  readonly mail: ListedLetter;
  readonly state: ListedLetter["state"];
  readonly to: string;
  readonly why: string;
}

function writeTable({ io }: Session, mails: readonly ListedLetter[]): void {
  const { yellow, red } = styleFor(io.stdout, io.env);
  const fates = mails.flatMap(fatesOf);
  const columns: Column<Fate>[] = [
    { title: "ID", of: ({ mail }) => mail.id },
    {
      title: "STATE",
      of: ({ state }) => (state === "waiting" ? "waiting" : "UNDELIVERED"),
      paint: (text, { state }) => (state === "waiting" ? yellow(text) : red(text)),
    },
    { title: "WRITTEN", of: ({ mail }) => ago(mail.createdAt), align: "right" },
    { title: "TO", of: ({ to }) => to, shrinkTo: 12 },
    { title: "SUBJECT", of: ({ mail }) => mail.subject, shrinkTo: 12 },
    { title: "WHY", of: ({ why }) => why, shrinkTo: 12 },
  ];
  writeLines(io.stdout, shortTable(fates, columns, io.stdout, "--json or -q lists all"));
}

// While one receiver is still to get it, another may have been refused for good.
function fatesOf(mail: ListedLetter): Fate[] {
  const { pending, refused, lastAnswer = "" } = mail;
  return [
    ...(pending.length === 0
      ? []
      : [{ mail, state: "waiting" as const, to: pending.join(", "), why: lastAnswer }]),
    ...[...groupBy(refused, ({ why }) => why)].map(([why, group]) => ({
      mail,
      state: "undelivered" as const,
      to: group.map(({ address }) => address).join(", "),
      why,
    })),
  ];
}

async function sendNow(session: Session): Promise<void> {
  const queue = openExistingQueueToAct(session);
  if (!hasManager(queue.layout, session.services))
    throw noManager(queue, session.services, "no manager runs that could send mails");
  ask(queue.layout, "send");
  note(session.io, "asked to send all waiting mails now: `qm mail` shows what is left");
}

async function drop(
  session: Session,
  ids: readonly string[],
  { undelivered }: { readonly undelivered?: boolean },
): Promise<void> {
  const queue = openExistingQueueToAct(session);
  if (ids.length === 0 && undelivered !== true)
    throw new QmError("usage", "which mails? give ids, as `qm mail` shows them, or --undelivered");
  const further = undelivered === true ? await undeliveredIds(session, queue) : [];
  const wanted = [...new Set([...ids, ...further])];
  const { dropLetters } = await session.services.mails();
  const dropped = guarded(queue, () => dropLetters(queue.layout.outbox, wanted));
  ask(queue.layout, "look");
  note(session.io, `thrown away: ${counted(dropped.length, "mail")}`);
  const absent = wanted.filter((id) => !dropped.includes(id));
  if (absent.length > 0)
    throw new QmError("failed", `no such mail: ${absent.join(", ")}`, { mend: "`qm mail` shows the ids" });
}

async function undeliveredIds(session: Session, queue: Queue): Promise<readonly string[]> {
  const mails = await mailsOf(session, queue);
  return mails.filter(({ state }) => state === "undelivered").map(({ id }) => id);
}

async function mailsOf({ services }: Session, queue: Queue): Promise<readonly ListedLetter[]> {
  const { listLetters } = await services.mails();
  return guarded(queue, () => listLetters(queue.layout.outbox));
}

// The outbox is its manager's alone: what jobs are about is between it and their owners.
function guarded<T>({ layout }: Queue, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const code = errorCode(error);
    if (!isDenied(code)) throw error;
    throw new QmError("refused", "the mails are for the manager's user alone", {
      path: layout.outbox,
      mend: "run this as the user that the manager runs as",
      cause: error,
    });
  }
}

function ask(layout: Queue["layout"], request: MailRequest): void {
  leaveMailRequest(layout.mailRequest, request);
  wakeManager(layout);
}
