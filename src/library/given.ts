import { INFO_KEYS, type InfoKey } from "../job/info-key.ts";
import type { GivenFiles } from "../queue/submit/given-files.ts";
import { QmError } from "../text/errors.ts";

/** A job: its name, its number, or what `submit` has returned. */
export type JobGiven = string | number | { readonly name: string };

/** A command for which a folder is made: a line for the shell, or words that arrive as they are; with files beside it. */
export interface GivenCommand {
  readonly command: string | readonly string[];
  readonly files?: GivenFiles;
}

type InfoOptions = Partial<Readonly<Record<Exclude<InfoKey, "script">, string | number | boolean>>>;

/** Keys of the info file, such as `nb_proc: 4` and `e_mail`, and the job's name. */
export type SubmitOptions = Partial<
  Readonly<Record<Exclude<InfoKey, "script">, string | number | boolean>>
> & {
  /** Unless given that of the folder or the program; a free one like it is found where it is taken. */
  readonly name?: string;
  /** Holds it until it is released. */
  readonly hold?: boolean;
  /** Ends the copying: then nothing is submitted. */
  readonly signal?: AbortSignal;
};

/** A job as `findJob` takes it. */
export function nameGiven(job: JobGiven): string {
  if (typeof job === "number") return `#${job}`;
  return typeof job === "string" ? job : job.name;
}

/** The keys of the info file among the options. Throws `usage` for a key that is none. */
export function infoOptions(info: InfoOptions) {
  return Object.entries(info).flatMap(([key, value]) => {
    const known = INFO_KEYS.find((candidate) => candidate === key);
    if (known === undefined || known === "script")
      throw new QmError("usage", `«${key}» is no option of a job`, {
        mend: `give keys of the info file: ${INFO_KEYS.filter((one) => one !== "script").join(", ")}; or name, hold, signal`,
      });
    return value === undefined ? [] : [{ key: known, value: String(value) }];
  });
}
