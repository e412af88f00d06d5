/** What a prompt tells besides the ticket: where things lie, and the documents every agent gets. */

import { CONTEXT_BYTES_MAX, readContextspace } from "../control/contextspace.ts";
import type { PromptInput } from "../engine/prompt.ts";
import type { QueueKind } from "../engine/prompt_rules.ts";
import type { Workplace } from "./workplace.ts";
import { type TodoDoc, todoDocs } from "./todo_docs.ts";

type Place = Pick<Workplace, "root" | "paths" | "config">;

export interface PromptSources {
  /** Absolute, in words. */
  readonly landmarks: readonly (readonly [what: string, path: string])[];
  /** Whole: the builder cuts them, and says so in the prompt. */
  readonly documents: PromptInput["contextspace"];
  /** What comes before the files a ticket asks for. */
  readonly overview: PromptInput["context"];
}

/** One row for each kind of queue. */
const SOURCES: Readonly<Record<QueueKind, (place: Place) => Promise<PromptSources>>> = {
  tickets: ofTickets,
  todo: (place) => Promise.try(() => ofTodo(place)),
};

export const promptSources = (place: Place): Promise<PromptSources> =>
  SOURCES[place.config.queue](place);

async function ofTickets({ paths }: Place): Promise<PromptSources> {
  const read = await readContextspace(paths, CONTEXT_BYTES_MAX);
  const file = (kind: string) => read.find((it) => it.kind === kind && it.text !== "") ?? null;
  return {
    landmarks: [["All tickets", paths.tickets], ["Contextspace", paths.contextspace.folder]],
    documents: {
      active_context: file("active_context"),
      decisions: file("decisions"),
      spec: file("spec"),
    },
    overview: [],
  };
}

function ofTodo({ paths, config }: Place): PromptSources {
  const docs = todoDocs(paths, config);
  const file = (doc: TodoDoc) => {
    const found = docs.read(doc);
    return found.type === "text" ? { path: docs.relative(doc), text: found.text } : null;
  };
  const list = file("todo");
  return {
    landmarks: [["Progress document", docs.path("progress")]],
    documents: {
      active_context: file("progress"),
      decisions: file("opinions"),
      spec: file("spec"),
    },
    overview: list === null
      ? []
      : [{ file: list, bytesMax: config.prompt.doc_max_bytes, problem: null }],
  };
}
