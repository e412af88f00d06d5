/** What the thread that waits and the thread that works say to each other. */

import type { Confinement } from "../base/permissions.ts";
import type { ProcessIdentity } from "../control/process_identity.ts";

/** The order to begin, sent once the waiting thread has given up its own permissions. */
export interface Begin {
  /** The command line without the permissions. */
  readonly argv: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly confinement: Confinement;
  /** The variables that may be read, by name: they cannot be listed any more. */
  readonly names: readonly string[];
  /** The process may not look at itself any more. */
  readonly self: ProcessIdentity;
}

export type Told =
  | { readonly type: "ready" }
  | { readonly type: "ended"; readonly code: number }
  /** A fault that nothing has caught. */
  | { readonly type: "crashed"; readonly message: string };
