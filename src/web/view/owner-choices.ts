import { escapeControls } from "../../text/escape.ts";

const MAX_OWNERS = 200;

/** The owners to choose from: one whose name cannot be shown as it is could not be asked for either. */
export function ownerChoices(owners: readonly string[]): string[] {
  const isShownAsItIs = (owner: string) => owner.isWellFormed() && escapeControls(owner) === owner;
  return owners.filter(isShownAsItIs).slice(0, MAX_OWNERS);
}
