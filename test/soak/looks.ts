import type { Act, World } from "./world.ts";

/** Looks of people: whatever the queue goes through, it can be looked at. */
export const LOOKS: readonly Act[] = [
  { act: "qm status", weight: 1, perform: async (world) => look(world, "status") },
  { act: "qm status --json", weight: 1, perform: async (world) => look(world, "status", "--json") },
  { act: "qm history", weight: 1, perform: async (world) => look(world, "history") },
  { act: "qm stats", weight: 0.5, perform: async (world) => look(world, "stats") },
  { act: "qm mail", weight: 0.5, perform: async (world) => look(world, "mail") },
];

async function look(world: World, ...words: readonly string[]): Promise<boolean> {
  const { code, stderr } = await world.program.run(...words);
  if (code !== 0) world.trouble(`qm ${words.join(" ")} ended with ${code}: ${stderr}`);
  return true;
}
