import type { Evidence } from "./evidence.ts";
import { groupBy } from "./groups.ts";
import { describeGrowth, type Growth } from "./growth.ts";
import { namesOn } from "./job-folders.ts";
import type { World } from "./world.ts";

/** One line of what is going on. */
export function progressLine({ queue, ledger, tally, post, troubles }: World, ranMs: number): string {
  const count = (stage: "queue" | "running" | "finished" | "lost") => namesOn(queue.layout, stage).length;
  const jobs = `${ledger.entries.size} jobs (${count("queue")} waiting, ${count("running")} running, ${count("finished")} finished, ${count("lost")} lost or refused)`;
  const others = `${tally.sumUnder("restart")} restarts, ${tally.sumUnder("act")} acts, ${post.letters.length} letters, ${tally.sumUnder("visit")} visits`;
  return `${Math.round(ranMs / 1000)} s: ${jobs}, ${others}, ${troubles.length} troubles`;
}

/** The result, in plain words. */
export function finalReport(
  { tally }: World,
  { jobs, history, told, letters, refusedLetters }: Evidence,
  growth: { readonly manager: Growth; readonly page: Growth },
): string {
  const outcomes = [...groupBy(history, ({ state }) => state)].map(
    ([state, all]) => `${state} ${all.length}`,
  );
  const distinct = new Set(letters.map(({ messageId }) => messageId)).size;
  return [
    `jobs:          ${jobs.length} delivered (${tally.under("delivered")})`,
    `kinds:         ${tally.under("kind")}`,
    `ends:          ${history.length} (${outcomes.sort().join(", ")}); ${told.filter(({ word }) => word === "start").length} scripts started`,
    `acts:          ${tally.sumUnder("act")} (${tally.under("act")})`,
    `configuration: ${tally.under("configuration")}`,
    `restarts:      ${tally.sumUnder("restart")} (${tally.under("restart")})`,
    `mail server:   ${tally.under("mail server")}`,
    `letters:       ${letters.length} taken, ${distinct} different, ${refusedLetters.length} refused for good`,
    `page:          ${tally.sumUnder("visit")} visits (${tally.under("visit")}); answers: ${tally.under("page")}`,
    `manager:        ${describeGrowth(growth.manager)}`,
    `page process:  ${describeGrowth(growth.page)}`,
    `idle handles:  ${tally.under("idle handles")}`,
  ].join("\n");
}
