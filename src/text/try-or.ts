/**
 * The result of a call, or another value where it throws, whatever that is. Not for what decides about a job: there trouble must not
 * pass for an answer.
 */
export function tryOr<T, O>(act: () => T, otherwise: O): T | O {
  try {
    return act();
  } catch {
    return otherwise;
  }
}
