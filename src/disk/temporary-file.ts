import path from "node:path";

/**
 * The name that a file has while it is written, beside its place. It bears the number of the process, as several may
 * write the same file at once.
 */
export function temporaryNameOf(file: string): string {
  return hidden(file, `.${process.pid}`);
}

/**
 * As {@link temporaryNameOf}, for a file that only one process ever writes. Without a number, so that what a crash has
 * left is replaced when the file is written again.
 */
export function soleWritersNameOf(file: string): string {
  return hidden(file, "");
}

/** Whether a name in a folder is one of these. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith(".") && name.endsWith(".tmp");
}

function hidden(file: string, mark: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}${mark}.tmp`);
}
