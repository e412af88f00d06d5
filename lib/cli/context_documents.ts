/** The documents of the contextspace by the names the command line knows them by. */

import type { ContextspacePaths } from "../control/roots.ts";

export const CONTEXT_FILES = {
  active_context: "activeContext",
  decisions: "decisions",
  spec: "spec",
} as const satisfies Record<string, keyof ContextspacePaths>;

export type ContextDocument = keyof typeof CONTEXT_FILES;

export const isContextDocument = (name: string): name is ContextDocument =>
  Object.hasOwn(CONTEXT_FILES, name);
