/** Who gives a command, for the journal. */

import type { Call } from "./command.ts";

/** The account on this machine: `cli:anna`. */
export const actor = (call: Call): string =>
  `cli:${call.io.env("USER") ?? call.io.env("LOGNAME") ?? "?"}`;
