// Swaps a file or a folder for a link to something else and back, as fast as it can, until its input ends.
import fs from "node:fs";

const [what, target, elsewhere] = process.argv.slice(2);
const aside = `${target}.aside`;
const link = `${target}.link`;

function swapFile() {
  fs.symlinkSync(elsewhere, link);
  fs.renameSync(link, target);
  fs.writeFileSync(aside, "ours");
  fs.renameSync(aside, target);
}

function swapFolder() {
  fs.renameSync(target, aside);
  fs.symlinkSync(elsewhere, target);
  fs.unlinkSync(target);
  fs.renameSync(aside, target);
}

const swap = what === "file" ? swapFile : swapFolder;

function swapMore() {
  for (let round = 0; round < 100; round += 1) swap();
  setImmediate(swapMore);
}

process.stdin.on("end", () => process.exit(0)).resume();
swapMore();
process.stdout.write("swapping\n");
