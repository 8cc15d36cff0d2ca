import { measurePage, type PageFigures } from "./page-measure.ts";
import { judge } from "./page-targets.ts";

const COUNTS = [10_000, 100_000];
const OPTIONS = { requests: 30, settleSeconds: 60, idleSeconds: 30 };

// Numbers on the command line are other counts of finished jobs.
const given = process.argv.slice(2).map(Number);
const figures: PageFigures[] = [];
for (const count of given.length > 0 ? given : COUNTS) figures.push(await measurePage(count, OPTIONS));
const targets = judge(figures);
process.stdout.write(`${JSON.stringify({ figures, targets }, null, 2)}\n`);
if (!targets.every(({ met }) => met)) process.exitCode = 1;
