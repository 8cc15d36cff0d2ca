import type { Config } from "../../config/config.ts";

/** Jobs as lists have them: without their descriptions where `Display_details` says so. */
export function listed<J extends { readonly name: string }>(
  jobs: readonly J[],
  { web }: Pick<Config, "web">,
): readonly J[] {
  if (web.displayDetails) return jobs;
  return jobs.map((job) => ("description" in job ? { ...job, description: "" } : job));
}
