// Watches where jobs lie while a manager is killed again and again: node placement-checker.mjs QUEUE RUNNING FINISHED LOST
//
// Four folders cannot be listed at one instant. But a job only travels forwards here (queue, running, finished or
// lost), so two kinds of look are exact:
//   in the order of travel, a job that was there once is seen at least once: where it has gone is listed later;
//   against the order of travel, it is seen at most once: where it has come from is listed later.
// So a job missing in a look of the first kind, or twice in one of the second, was in no folder or in two.
// At SIGTERM it prints what it saw as JSON.
import fs from "node:fs";
import os from "node:os";

const travel = process.argv.slice(2);
const against = travel.toReversed();
const known = new Set();
const violations = [];
let looks = 0;
let stopped = false;

os.setPriority(10);
process.on("SIGTERM", () => {
  stopped = true;
});
process.stdout.write("watching\n");
lookOn();

function lookOn() {
  for (let round = 0; round < 20; round++) {
    expectAllPresent();
    expectNoneTwice();
    looks += 2;
  }
  if (stopped) process.stdout.write(`${JSON.stringify({ looks, jobs: known.size, violations })}\n`);
  else setTimeout(lookOn, 1);
}

function expectAllPresent() {
  const seen = new Set(travel.flatMap(list));
  for (const name of known) if (!seen.has(name)) violations.push(`${name} lay in no folder`);
  for (const name of seen) known.add(name);
}

function expectNoneTwice() {
  const seen = new Set();
  for (const name of against.flatMap(list)) {
    if (seen.has(name)) violations.push(`${name} lay in two folders`);
    seen.add(name);
  }
}

// The manager's own trial folders begin with a dot.
function list(folder) {
  return fs.readdirSync(folder).filter((name) => !name.startsWith("."));
}
