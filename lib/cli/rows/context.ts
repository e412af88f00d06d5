/** Rows of the commands about the contextspace: what every agent is told. */

import type { ArgumentSpec, CommandSpec } from "../command.ts";

const DOCUMENT: ArgumentSpec = {
  name: "document",
  summary: "which document",
  choices: ["active_context", "decisions", "spec"],
};

export const CONTEXT_COMMANDS: readonly CommandSpec[] = [
  {
    path: "context show",
    group: "tickets",
    summary: "print the contextspace, or one document of it",
    arguments: [{ ...DOCUMENT, isOptional: true }],
    examples: [
      { line: "car context show", what: "all three documents" },
      { line: "car context show decisions > decisions.md", what: "one document, as it is" },
    ],
    mode: "repo",
    changes: false,
    load: () => import("../commands/context_show.ts"),
  },
  {
    path: "context edit",
    group: "tickets",
    summary: "open a document of the contextspace in your editor",
    details: "The editor is $VISUAL, else $EDITOR, else vi.",
    arguments: [DOCUMENT],
    examples: [
      { line: "car context edit spec", what: "what is to be built" },
      { line: "EDITOR=nano car context edit decisions", what: "with another editor" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/context_edit.ts"),
  },
  {
    path: "edit",
    group: "tickets",
    summary: "the same as `car context edit`",
    arguments: [DOCUMENT],
    examples: [
      { line: "car edit active_context", what: "what matters now" },
      { line: "car edit spec", what: "what is to be built" },
    ],
    mode: "repo",
    changes: true,
    load: () => import("../commands/context_edit.ts"),
  },
];
