/** The system's code of a failed call ("ENOENT"), undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return undefined;
}
