/** The shapes of terminals as the API gives them. */

import type { TerminalView } from "../lib/hub/terminals/terminal.ts";

export type TerminalRow = TerminalView;

export interface TerminalList {
  readonly terminals: readonly TerminalRow[];
  readonly offers: readonly { readonly name: string; readonly argv: readonly string[] }[];
  /** Why none can be opened here; null when they can. */
  readonly refusal: { readonly message: string; readonly hint: string | null } | null;
}
