import { createInterface } from "node:readline";
import { closeInheritedDescriptors } from "../worker/process/inherited-descriptors.ts";
import { type ShimOrder, spawnShim } from "../worker/process/spawn-shim.ts";
import type { ShimEnd } from "../worker/process/spawner.ts";

// The program of `Spawner`: an order a line, and a line for each shim that has ended. It ends when no more orders can come.
closeInheritedDescriptors();
// The manager may be gone before it hears the news.
process.stdout.on("error", () => undefined);

createInterface({ input: process.stdin }).on("line", (line) => {
  const order = JSON.parse(line) as ShimOrder;
  spawnShim(order, (failure) => {
    const end: ShimEnd = { attemptFolder: order.attemptFolder, failure };
    process.stdout.write(`${JSON.stringify(end)}\n`);
  });
});
