import { isHangUp, type RecipientError, type ServerFailure, type SmtpError } from "./smtp-failure.ts";

/** Why an address did not get a letter. */
export interface Refusal {
  readonly address: string;
  /** The server will not take it later either. */
  readonly permanent: boolean;
  /** The server's words. */
  readonly why: string;
}

/** What became of one try to hand a letter over. */
export type Transmission =
  /** The server has answered for every address. */
  | {
      readonly kind: "answered";
      readonly delivered: readonly string[];
      readonly refusals: readonly Refusal[];
    }
  /** There was no talking to it. */
  | {
      readonly kind: "failed";
      readonly failure: ServerFailure;
      /** It happened while the letter was handed over, and may be the letter's fault. */
      readonly inLetter: boolean;
    };

/** From whom and to whom, as mail servers are told it. */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** What the server has said to a letter that it took. */
export function answered(
  { to }: Envelope,
  sent: { readonly rejectedErrors?: readonly RecipientError[] | undefined },
): Transmission {
  const refusals = refusalsIn(to, sent.rejectedErrors ?? []);
  const delivered = to.filter((address) => !refusals.some((refusal) => refusal.address === address));
  return { kind: "answered", delivered, refusals };
}

/** What the server has said to a letter that it did not take; undefined where that is no answer but a breakdown. */
export function answerIn(error: SmtpError, { to }: Envelope): Transmission | undefined {
  const { command = "", responseCode, rejectedErrors } = error;
  if (rejectedErrors !== undefined && !rejectedErrors.some(isHangUp))
    return { kind: "answered", delivered: [], refusals: refusalsIn(to, rejectedErrors) };
  const isOfLetter = command === "DATA" || (command === "MAIL FROM" && responseCode === 552);
  if (!isOfLetter || responseCode === undefined || isHangUp(error)) return undefined;
  const why = wordsOf(error);
  const permanent = responseCode >= 500;
  return {
    kind: "answered",
    delivered: [],
    refusals: to.map((address) => ({ address, permanent, why })),
  };
}

function refusalsIn(to: readonly string[], errors: readonly RecipientError[]): Refusal[] {
  return errors.flatMap((error) => {
    const address = to.find((candidate) => candidate === error.recipient);
    if (address === undefined) return [];
    return [{ address, permanent: (error.responseCode ?? 0) >= 500, why: wordsOf(error) }];
  });
}

function wordsOf({
  response,
  message,
}: {
  readonly response?: string | undefined;
  readonly message: string;
}): string {
  return response ?? message;
}
