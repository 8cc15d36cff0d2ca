// Runs one command for each parameter and lists the results: `node examples/from-a-program.mjs QM_FOLDER`.
import { Queue } from "queuemanager";

const queue = Queue.open(process.argv[2] ?? "QM");
const jobs = await Promise.all(
  [2, 3, 5].map((base) =>
    queue.submit({ command: `echo $((${base} * ${base})) > square.txt` }, { name: `square-${base}` }),
  ),
);
for (const job of jobs) {
  const end = await queue.wait(job);
  console.log(`${job.name} (job ${job.number}): ${end.state}`);
}
