import { QmError } from "../../text/errors.ts";
import { type Io, note } from "./output.ts";

/**
 * Says what will be touched and, on a terminal, asks. Where nobody can be asked (a pipe, a script) it is done
 * without asking, as with `-y`. Throws `refused` when the answer is not yes, `interrupted` at Ctrl-C.
 */
export async function confirm(io: Io, touched: readonly string[], yes: boolean | undefined): Promise<void> {
  for (const line of touched) note(io, line);
  if (yes === true || !io.canAsk) return;
  const answer = await io.ask("Go on? [y/N] ");
  if (answer === undefined) throw new QmError("interrupted", "interrupted: nothing was done");
  if (!/^y(es)?$/i.test(answer.trim())) throw new QmError("refused", "nothing was done");
}
