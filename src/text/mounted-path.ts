/** The path of something in `QM_FOLDER` as its users see that folder: `Path_As` with the rest in its own way of writing. */
export function mountedPath(pathAs: string, ...names: readonly string[]): string {
  const windows = /^[A-Za-z]:|\\/.test(pathAs);
  const separator = windows ? "\\" : "/";
  return [pathAs.replace(windows ? /[\\/]+$/ : /\/+$/, ""), ...names].join(separator);
}
