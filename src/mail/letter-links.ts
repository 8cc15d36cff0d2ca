/** The address of a job's page. */
export function jobPage(pageUrl: string, name: string): string {
  return `${pageUrl}/jobs/${encodeURIComponent(name.toWellFormed())}`;
}
