import { counted } from "../text/quantity.ts";

/** How the mails stand. */
export interface MailState {
  /** `MailActive`. */
  readonly isActive: boolean;
  readonly waitingCount: number;
  readonly undeliveredCount: number;
  /** Files of the outbox that are no letters. */
  readonly strangeCount: number;
  /** Why the server takes nothing at the moment. */
  readonly failure: { readonly what: string; readonly mend: string } | undefined;
  /** Letters that the server wants to be asked about again later. */
  readonly deferredCount: number;
  /** What ought to be mended though letters go out. */
  readonly warnings: readonly string[];
}

/** What people ought to know of mails that do not arrive. */
export function mailNotices(state: MailState): readonly string[] {
  return [
    ...backlog(state),
    ...undelivered(state),
    ...strange(state),
    ...(state.isActive ? state.warnings : []),
  ];
}

function backlog({ isActive, waitingCount, failure, deferredCount }: MailState): readonly string[] {
  if (waitingCount === 0) return [];
  const mails = `${counted(waitingCount, "mail")} ${waitingCount === 1 ? "waits" : "wait"}`;
  if (!isActive) return [`${mails}, as MailActive is False`];
  if (failure !== undefined) return [`${mails}: ${failure.what}; ${failure.mend}`];
  return deferredCount === 0 ? [] : [`${mails}: the mail server wants to be asked again later`];
}

function undelivered({ undeliveredCount }: MailState): readonly string[] {
  if (undeliveredCount === 0) return [];
  return [`${counted(undeliveredCount, "mail")} could not be delivered: \`qm mail\` tells why`];
}

function strange({ strangeCount }: MailState): readonly string[] {
  if (strangeCount === 0) return [];
  const are = strangeCount === 1 ? "is no letter" : "are no letters";
  return [`${counted(strangeCount, "file")} in the outbox ${are}: they lie in .qm/outbox/strange`];
}
