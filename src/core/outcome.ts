/** How a job ended. Success is never inferred: `done` needs an exit record that says 0. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly exitCode: number; readonly signal?: string }
  | { readonly kind: "killed"; readonly by: string; readonly exitCode?: number; readonly signal?: string }
  | {
      readonly kind: "timed_out";
      readonly limitSeconds: number;
      readonly exitCode?: number;
      readonly signal?: string;
    }
  | { readonly kind: "lost"; readonly why: string }
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

export type OutcomeKind = Outcome["kind"];
