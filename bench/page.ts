import { measurePage, type PageFigures } from "./page-measure.ts";

const COUNTS = [10_000, 100_000];
const OPTIONS = { requests: 30, settleSeconds: 60, idleSeconds: 30 };

// Numbers on the command line are other counts of finished jobs.
const given = process.argv.slice(2).map(Number);
const figures: PageFigures[] = [];
for (const count of given.length > 0 ? given : COUNTS) figures.push(await measurePage(count, OPTIONS));
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
