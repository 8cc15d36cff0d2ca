import type { AddVerb } from "./verb.ts";
import { addDaemon } from "./verbs/daemon.ts";
import { addDemo } from "./verbs/demo.ts";
import { addStart } from "./verbs/start.ts";
import { addStatus } from "./verbs/status.ts";
import { addStop } from "./verbs/stop.ts";
import { addSubmit } from "./verbs/submit.ts";

/** Every verb, in the order in which the help lists them. */
export const ADD_VERBS: readonly AddVerb[] = [
  addStart,
  addDaemon,
  addStop,
  addSubmit,
  addStatus,
  addDemo,
];
