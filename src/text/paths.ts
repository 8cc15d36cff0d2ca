/** The path of something in `QM_FOLDER` as its users see that folder: `Path_As` with the rest in its own way of writing. */
export function mountedPath(pathAs: string, ...names: readonly string[]): string {
  const windows = /^[A-Za-z]:|\\/.test(pathAs);
  const separator = windows ? "\\" : "/";
  return [pathAs.replace(windows ? /[\\/]+$/ : /\/+$/, ""), ...names].join(separator);
}
const MAX_CHARACTERS = 300;
const KEPT_CHARACTERS = 120;

/** A path for people: of one that is very long the beginning and the end, as much as tells where to look. */
export function shortPath(path: string): string {
  if (path.length <= MAX_CHARACTERS) return path;
  return `${path.slice(0, KEPT_CHARACTERS)} … ${path.slice(-KEPT_CHARACTERS)}`;
}
