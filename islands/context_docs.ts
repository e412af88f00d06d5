/** The documents that runs read and write: which there are, where they are kept, what each is for. */

import type { TicketList } from "./ticket_types.ts";

export interface ContextDoc {
  /** In the address of the page. */
  readonly id: string;
  readonly label: string;
  /** Below the API of the repo. */
  readonly path: string;
  /** What stands in it, for who finds it empty. */
  readonly about: string;
  /** What a file chat about it is called. */
  readonly chat: string;
}

const SPEC = "What is to be built, and how one will see that it is. It can be turned into tickets.";

const CONTEXTSPACE: readonly ContextDoc[] = [
  {
    id: "active_context",
    label: "Active context",
    path: "workspace/active_context",
    about: "What every agent should know before its turn: where things stand, what to mind.",
    chat: "contextspace:active_context",
  },
  {
    id: "decisions",
    label: "Decisions",
    path: "workspace/decisions",
    about: "What was decided and why, so that no agent decides it anew.",
    chat: "contextspace:decisions",
  },
  { id: "spec", label: "Spec", path: "workspace/spec", about: SPEC, chat: "contextspace:spec" },
];

/** Of a repo whose queue is a list of boxes. */
const OLDER: readonly ContextDoc[] = [
  {
    id: "todo",
    label: "Todo",
    path: "docs/todo",
    about: "The queue: one box a line, worked from the top.",
    chat: "doc:todo",
  },
  {
    id: "progress",
    label: "Progress",
    path: "docs/progress",
    about: "What the agents did, turn by turn, in their words.",
    chat: "doc:progress",
  },
  {
    id: "opinions",
    label: "Opinions",
    path: "docs/opinions",
    about: "How things are done here: style, taste, what to leave alone.",
    chat: "doc:opinions",
  },
  { id: "docs_spec", label: "Spec of the list", path: "docs/spec", about: SPEC, chat: "doc:spec" },
];

/** In the order of the tabs. @param queue Null while it is not known. */
export const docsOf = (queue: TicketList["kind"] | null): readonly ContextDoc[] =>
  queue === "todo" ? [...OLDER, ...CONTEXTSPACE] : CONTEXTSPACE;

/** The one of an address; the first without one; null for a name that none has. */
export function findDoc(docs: readonly ContextDoc[], id: string | undefined): ContextDoc | null {
  return id === undefined ? docs[0] ?? null : docs.find((it) => it.id === id) ?? null;
}
