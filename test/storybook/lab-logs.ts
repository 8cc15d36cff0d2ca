import { localTime } from "../../src/text/local-time.ts";
import { ago } from "./domain.ts";

/** The log of the job that failed. */
export function failedLog(nowMs: number): string {
  return `[QM] started ${localTime(ago(nowMs, 17_900))} on lab-1, attempt 1, processors: 4 (0-3)
\x1b[1mphylogeny 2.4\x1b[0m, 4 threads
reading corals.fasta ... 1200 taxa, 38512 sites
\x1b[32mok\x1b[0m    alignment checked
\x1b[32mok\x1b[0m    model chosen: GTR+G4
\x1b[33mnote\x1b[0m  12 sites are all gaps and were left out
bootstrap 10 / 100\rbootstrap 40 / 100\rbootstrap 73 / 100
\x1b[31merror\x1b[0m tree 74: the branch to Acropora_117 has no length
see corals.err for the whole tree
[QM] ended ${localTime(ago(nowMs, 14_000))} failed: the command ended with exit code 3
`;
}

/** The log of a job that is running well. */
export function runningLog(nowMs: number): string {
  return `[QM] started ${localTime(ago(nowMs, 9_400))} on lab-1, attempt 2, processors: 8 (0-7)
\x1b[1massembly 5.1\x1b[0m, 8 threads
reading lane_1.fastq.gz ... 41,220,118 reads
reading lane_2.fastq.gz ... 40,996,402 reads
\x1b[32mok\x1b[0m    adapters cut
\x1b[32mok\x1b[0m    k-mers counted: 31
\x1b[33mnote\x1b[0m  coverage of lane_2 is low
contigs merged: 2040
contigs merged: 4080
contigs merged: 6120
round 29 / 40\rround 30 / 40\rround 31 / 40`;
}
