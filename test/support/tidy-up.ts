/** Acts after the test that goes on. */
const due: (() => unknown)[] = [];

/** Has something tidied up after the test that goes on; what was made last goes first. For fixtures, which test files share. */
export function afterTest(tidy: () => unknown): void {
  due.push(tidy);
}

/** Tidies up all that is due, whatever fails of it. Throws the first failure. */
export async function tidyUp(): Promise<void> {
  const failures: unknown[] = [];
  for (let tidy = due.pop(); tidy !== undefined; tidy = due.pop()) {
    try {
      await tidy();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
