/** The prompt of a turn: its parts in their order, each bounded, the sum bounded, the frame a person's if wanted. */

import { byteLength, plural } from "../base/text.ts";
import {
  type Block,
  type Draft,
  PART_NAMES,
  type PartName,
  type PromptPart,
  renderPart,
} from "./prompt_parts.ts";
import {
  fullRules,
  type QueueKind,
  type RuleFacts,
  shortRules,
  TURN_NOTES,
} from "./prompt_rules.ts";
import type { TurnMode } from "./run.ts";

/** A text and where it stands, relative to the repo. */
export interface PromptFile {
  readonly path: string;
  readonly text: string;
}

export interface PromptInput {
  readonly mode: TurnMode;
  /** The agent still has the conversation: it gets the short prompt. */
  readonly continues: boolean;
  readonly rules: RuleFacts;
  /** Words for each path the agent needs, in order: `["This ticket", ".../TICKET-001.md"]`. */
  readonly paths: readonly (readonly [what: string, path: string])[];
  /** Replies not told yet, oldest first. */
  readonly replies: readonly {
    readonly number: number;
    readonly file: PromptFile;
    readonly attachments: readonly string[];
  }[];
  readonly contextspace: Readonly<
    Record<"active_context" | "decisions" | "spec", PromptFile | null>
  >;
  /** Files the ticket asked for; `problem` says why one is not there. */
  readonly context: readonly {
    readonly file: PromptFile;
    readonly bytesMax: number | null;
    readonly problem: string | null;
  }[];
  /** What the gate, the linter or the engine says first; CAR's own words, bounded by their maker. */
  readonly feedback: string | null;
  readonly ticket: PromptFile;
  /** What the agent said last on this ticket. */
  readonly lastText: string;
  /** The person's own frame (prompt.txt) for full prompts; null for CAR's. */
  readonly frame: PromptFile | null;
  readonly limits: PromptLimits;
}

export interface PromptLimits {
  readonly docBytesMax: number;
  readonly contextBytesMax: number;
  readonly replyBytesMax: number;
  readonly priorBytesMax: number;
  /** Of the whole prompt; the ticket, the rules and the paths are never cut for it. */
  readonly totalBytesMax: number;
}

/** A prompt of this size leaves room to work in the smallest windows in use; in bytes. */
export const PROMPT_BYTES_MAX = 192 * 1024;
/** As the largest ticket the linter lets pass: it is always told whole. */
const TICKET_BYTES_MAX = 1024 * 1024;
/** A frame is a page of text, not a library. */
const FRAME_BYTES_MAX = 64 * 1024;

export type BuiltPrompt =
  | {
    readonly ok: true;
    readonly text: string;
    readonly bytes: number;
    readonly parts: readonly PromptPart[];
  }
  /** The person's frame cannot be used. */
  | { readonly ok: false; readonly file: string; readonly line: number; readonly message: string };

/** Builds the prompt; refuses only a frame that cannot be used. */
export function buildPrompt(input: PromptInput): BuiltPrompt {
  const drafts = PART_NAMES.map((name) => DRAFTS[name](input));
  const frame = input.continues ? null : input.frame;
  const fault = frame === null ? null : frameFault(frame);
  if (frame !== null && fault !== null) return { ok: false, file: frame.path, ...fault };
  const frameBytes = frame === null ? 0 : byteLength(frame.text);
  const parts = fit(drafts, input.limits.totalBytesMax - frameBytes);
  const text = frame === null ? plainFrame(parts) : fillFrame(frame.text, parts);
  return { ok: true, text, bytes: byteLength(text), parts };
}

/** What is cut first when the sum is too large. */
const REDUCTION: readonly PartName[] = [
  "prior_output",
  "context",
  "spec",
  "decisions",
  "active_context",
  "replies",
];

function fit(drafts: readonly Draft[], bytesMax: number): readonly PromptPart[] {
  const parts = new Map(drafts.map((draft) => [draft.name, renderPart(draft)]));
  for (const name of REDUCTION) {
    // Every part but the last is followed by a blank line.
    const total = [...parts.values()].reduce((sum, part) => sum + part.bytes + 2, 0);
    const draft = drafts.find((it) => it.name === name);
    if (total <= bytesMax || draft === undefined || draft.blocks.length === 0) continue;
    const foreign = draft.blocks.reduce((sum, it) => sum + byteLength(it.text), 0);
    const told = foreign - (parts.get(name)?.cut ?? 0);
    // The mark of a cut takes room too.
    const markBytes = 200 * draft.blocks.length;
    parts.set(name, renderPart(draft, told - (total - bytesMax) - markBytes));
  }
  return [...parts.values()];
}

const TICKET_HEADINGS: Readonly<Record<QueueKind, (path: string) => string>> = {
  tickets: (path) => `The whole of ${path}, as it stands now:`,
  todo: (path) => `The box to work on, as it stands now in ${path}:`,
};

const CONTEXT_INTROS: Readonly<Record<QueueKind, string>> = {
  tickets: "# Files the ticket asks for",
  todo: "# The list the ticket is one box of",
};

type DocumentName = keyof PromptInput["contextspace"];

/** What the three documents are, and which end of them is worth more. */
const DOCUMENTS: Readonly<
  Record<QueueKind, Record<DocumentName, { title: string; keep: "head" | "tail" }>>
> = {
  tickets: {
    active_context: { title: "What is going on", keep: "head" },
    // Decisions are written one below the other: the newest count.
    decisions: { title: "What was decided", keep: "tail" },
    spec: { title: "What is being built", keep: "head" },
  },
  todo: {
    // Progress is noted one below the other as well.
    active_context: { title: "What was done so far", keep: "tail" },
    decisions: { title: "What to heed", keep: "head" },
    spec: { title: "What is being built", keep: "head" },
  },
};

const NOTHING: Omit<Draft, "name"> = { intro: "", blocks: [], bytesMax: 0 };

/** What each part is made of. A continued conversation knows the documents already. */
const DRAFTS: Readonly<Record<PartName, (input: PromptInput) => Draft>> = {
  rules: ({ continues, rules }) => ({
    ...NOTHING,
    name: "rules",
    intro: continues ? shortRules(rules) : fullRules(rules),
  }),
  // Also in a short prompt: an agent that compacts its memory may have lost them.
  paths: ({ paths }) => ({
    ...NOTHING,
    name: "paths",
    intro: ["## Paths", ...paths.map(([what, path]) => `- ${what}: \`${path}\``)].join("\n"),
  }),
  replies: (input) => ({
    name: "replies",
    intro: input.replies.length === 0 ? "" : "# A person answered",
    blocks: input.replies.map((reply) => replyBlock(reply, input.limits.replyBytesMax)),
    bytesMax: 2 * input.limits.replyBytesMax,
  }),
  active_context: (input) => documentDraft("active_context", input),
  decisions: (input) => documentDraft("decisions", input),
  spec: (input) => documentDraft("spec", input),
  context: (input) => ({
    name: "context",
    intro: input.continues || input.context.length === 0 ? "" : CONTEXT_INTROS[input.rules.queue],
    blocks: input.continues ? [] : input.context.map((it) => contextBlock(it, input.limits)),
    bytesMax: 4 * input.limits.contextBytesMax,
  }),
  feedback: ({ feedback }) => ({
    ...NOTHING,
    name: "feedback",
    intro: feedback === null || feedback === "" ? "" : `# First of all\n${feedback}`,
  }),
  note: ({ mode }) => ({ ...NOTHING, name: "note", intro: TURN_NOTES[mode] }),
  ticket: ({ ticket, rules }) => ({
    name: "ticket",
    intro: "# The ticket",
    blocks: [{
      heading: TICKET_HEADINGS[rules.queue](ticket.path),
      label: "markdown",
      text: ticket.text,
      bytesMax: TICKET_BYTES_MAX,
      keep: "head",
      whole: ticket.path,
    }],
    bytesMax: TICKET_BYTES_MAX,
  }),
  prior_output: (input) => ({
    name: "prior_output",
    intro: "",
    blocks: input.continues || input.lastText.trim() === "" ? [] : [priorBlock(input)],
    bytesMax: input.limits.priorBytesMax,
  }),
};

function replyBlock(reply: PromptInput["replies"][number], bytesMax: number): Block {
  const files = reply.attachments.length === 0
    ? ""
    : ` with ${plural(reply.attachments.length, "file")}: ${reply.attachments.join(", ")}`;
  return {
    heading: `Reply ${reply.number}${files}`,
    label: "reply",
    text: reply.file.text,
    bytesMax,
    keep: "head",
    whole: reply.file.path,
  };
}

function documentDraft(
  name: DocumentName,
  { continues, contextspace, limits, rules }: PromptInput,
): Draft {
  const file = contextspace[name];
  if (continues || file === null || file.text.trim() === "") return { ...NOTHING, name };
  const block: Block = {
    heading: `# ${DOCUMENTS[rules.queue][name].title} (${file.path})`,
    label: "markdown",
    text: file.text,
    bytesMax: limits.docBytesMax,
    keep: DOCUMENTS[rules.queue][name].keep,
    whole: file.path,
  };
  return { name, intro: "", blocks: [block], bytesMax: limits.docBytesMax };
}

function contextBlock(asked: PromptInput["context"][number], limits: PromptLimits): Block {
  const { file, bytesMax, problem } = asked;
  return {
    heading: problem === null ? file.path : `${file.path} is not here: ${problem}`,
    label: "",
    text: problem === null ? file.text : "",
    bytesMax: Math.min(bytesMax ?? limits.contextBytesMax, limits.contextBytesMax * 4),
    keep: "head",
    whole: file.path,
  };
}

const priorBlock = ({ lastText, limits }: PromptInput): Block => ({
  heading: "# What was said last on this ticket, by the agent that worked on it",
  label: "text",
  text: lastText,
  bytesMax: limits.priorBytesMax,
  keep: "tail",
  whole: null,
});

const plainFrame = (parts: readonly PromptPart[]): string =>
  parts.filter((part) => part.text !== "").map((part) => part.text).join("\n\n") + "\n";

const PLACEHOLDER = /\{\{([^{}\n]*)\}\}/g;
/** `contextspace` is its three documents at once. */
const GROUPS: Readonly<Record<string, readonly PartName[]>> = {
  contextspace: ["active_context", "decisions", "spec"],
};

function partsOf(placeholder: string): readonly PartName[] | null {
  const name = placeholder.trim();
  if (Object.hasOwn(GROUPS, name)) return GROUPS[name] ?? null;
  const part = PART_NAMES.find((it) => it === name);
  return part === undefined ? null : [part];
}

function frameFault(frame: PromptFile): { readonly line: number; readonly message: string } | null {
  const bytes = byteLength(frame.text);
  if (bytes > FRAME_BYTES_MAX) {
    const message = `The frame has ${bytes} bytes; at most ${FRAME_BYTES_MAX} are allowed.`;
    return { line: 1, message };
  }
  let hasTicket = false;
  for (const match of frame.text.matchAll(PLACEHOLDER)) {
    const parts = partsOf(match[1] ?? "");
    if (parts === null) {
      const line = frame.text.slice(0, match.index).split("\n").length;
      const known = [...PART_NAMES, ...Object.keys(GROUPS)].map((it) => `{{${it}}}`).join(", ");
      return { line, message: `${match[0]} is no placeholder. Known are ${known}.` };
    }
    hasTicket ||= parts.includes("ticket");
  }
  if (hasTicket) return null;
  return { line: 1, message: "The frame has no {{ticket}}: the agent would not know what to do." };
}

/** In one pass, so that a placeholder inside a ticket stays what it is: text. */
function fillFrame(frame: string, parts: readonly PromptPart[]): string {
  const texts = new Map(parts.map((part) => [part.name, part.text]));
  return frame.replace(
    PLACEHOLDER,
    (_match, placeholder: string) =>
      (partsOf(placeholder) ?? []).map((name) => texts.get(name) ?? "").filter((text) =>
        text !== ""
      )
        .join("\n\n"),
  );
}
