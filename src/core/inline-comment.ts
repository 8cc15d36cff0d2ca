/** What stands behind a value as if it were a comment (`; words`, `# words`); undefined where nothing does. */
export function inlineComment(value: string): string | undefined {
  const lastLine = value.slice(value.lastIndexOf("\n") + 1);
  return /\s([;#](?:\s+\S|\p{L}).*)$/u.exec(lastLine)?.[1];
}

/** How to mend a value with a comment behind it. */
export const COMMENT_RIGHT = "a comment should have a line of its own, as there is none behind a value";
