// Loaded before the program: its memory is looked at without what nobody holds any more.
process.on("SIGUSR2", () => globalThis.gc());
