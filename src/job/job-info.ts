import * as z from "zod";
import { childOfSchema } from "./child-of.ts";
import { INFO_FIELDS, type MailMoment } from "./info-fields.ts";

type Fields = typeof INFO_FIELDS;

/** Fields of the table whose rows have such a part. */
export type FieldsWith<Part> = { [F in keyof Fields]: Fields[F] extends Part ? F : never }[keyof Fields];

type InfoShape = { readonly [F in keyof Fields]: Fields[F]["schema"] };
type RecordedField = FieldsWith<{ readonly inRecord: z.ZodType }>;
type RecordedShape = { readonly [F in RecordedField]: Fields[F]["inRecord"] };

/** The schemas of the fields that a job's record has of its info file. */
export const RECORDED_SHAPE = shapeOf("inRecord") as RecordedShape;

const { script, processors, ...others } = shapeOf("schema") as InfoShape;

/** The demands of a job's info file, checked and with its defaults filled in; also its form in the manager's own records. */
export const jobInfoSchema = z
  .object({
    /** The info file's name inside the job's folder. */
    infoFile: z.string(),
    script,
    processors,
    /** Addresses of `e_mail`, in their order; empty when none is given. */
    mailTo: z.array(z.string()).readonly(),
    ...others,
    /** The folder that the script runs in, as written; the job's own when absent. */
    workingDirectory: z.string().exactOptional(),
    /** The worker that it starts on if that has room, else on any other. */
    prefers: z.string().exactOptional(),
    /** Oddities of the info file, in plain words; the job runs all the same. */
    warnings: z.array(z.string()).readonly().exactOptional(),
    /** The job that has this one run on one of all workers. */
    childOf: childOfSchema.exactOptional(),
  })
  .readonly();

function shapeOf(form: "schema" | "inRecord"): unknown {
  const rows = Object.entries<Partial<Record<typeof form, z.ZodType>>>(INFO_FIELDS);
  return Object.fromEntries(rows.flatMap(([field, { [form]: schema }]) => (schema ? [[field, schema]] : [])));
}

/** The demands of a job's info file, checked and with its defaults filled in. */
export type JobInfo = z.infer<typeof jobInfoSchema>;

/** The part of a job's info that its record has too: all but what it was given in its place, or the manager alone needs. */
export function recordedPart(info: JobInfo) {
  const recorded = Object.entries(info).filter(([name]) => !(name in INFO_FIELDS) || name in RECORDED_SHAPE);
  return Object.fromEntries(recorded) as Omit<JobInfo, Exclude<keyof Fields, RecordedField>>;
}

/** The owner of a job, and who hears of it. */
export interface Person {
  readonly owner?: string | undefined;
  /** Addresses. */
  readonly mailTo: readonly string[];
}

/** The owner for whom a job counts in fair share and lists: its `owner`, else its first address, else `unknown`. */
export function ownerOf({ owner, mailTo }: Person): string {
  return owner ?? mailTo[0] ?? "unknown";
}

/** The configuration of mails; `[Mail]` with `MailActive`. */
export interface MailSettings {
  readonly active: boolean;
  /** May hold a password: never to be shown. */
  readonly smtpUrl: string | undefined;
  readonly smtpHost: string | undefined;
  readonly smtpPort: number | undefined;
  readonly smtpUser: string | undefined;
  readonly smtpSecure: boolean;
  readonly smtpPasswordFile: string | undefined;
  readonly smtpInsecure: boolean;
  readonly smtpCaFile: string | undefined;
  /** The name that this machine gives itself to the mail server. */
  readonly smtpHelo: string | undefined;
  readonly from: string | undefined;
  /** Without a slash at its end. */
  readonly pageUrl: string | undefined;
  readonly pathAs: string | undefined;
  /** For jobs that say nothing themselves. */
  readonly on: readonly MailMoment[];
  readonly admins: readonly string[];
  /** Lower case; empty allows every domain. */
  readonly allowedDomains: readonly string[];
  readonly dailyCap: number;
  readonly giveUpSeconds: number;
}
