/** Tells what one item of a Codex turn is in CAR's words: text, thought, or work of a tool. Pure. */

import { clipHead, clipTail } from "../../base/text.ts";
import type { ToolKind, TurnEvent } from "../../engine/turn.ts";
import type { ThreadItem } from "./protocol.gen.ts";

/** What a finished tool keeps of its output, as TurnEvent promises. */
const OUTPUT_BYTES_MAX = 8 * 1024;
/** What a file change keeps of its diff, as TurnEvent promises. */
const DIFF_BYTES_MAX = 64 * 1024;

/** One way an item shows itself as a tool. */
interface ToolRow {
  readonly kind: ToolKind;
  title(item: ThreadItem): string;
}

const pathsOf = (item: ThreadItem): string =>
  (item.changes ?? []).map((change) => change.path).join(", ");
const toolName = (item: ThreadItem): string =>
  [item.server, item.tool].filter((part) => part !== null && part !== undefined).join(".");

/** The items that are work of a tool. One that is not here is shown by its type, as `other`. */
const TOOLS: Readonly<Record<string, ToolRow>> = {
  commandExecution: { kind: "command", title: (item) => item.command ?? "" },
  fileChange: { kind: "edit", title: pathsOf },
  mcpToolCall: { kind: "other", title: toolName },
  dynamicToolCall: { kind: "other", title: toolName },
  webSearch: { kind: "search", title: (item) => item.query ?? "" },
  imageView: { kind: "read", title: (item) => item.path ?? "" },
};

/** The items that are no tool: words, or of no interest to anyone but Codex. */
const WORDS = new Set([
  "userMessage",
  "hookPrompt",
  "agentMessage",
  "plan",
  "reasoning",
  "contextCompaction",
  "enteredReviewMode",
  "exitedReviewMode",
]);

export const isTool = (item: ThreadItem): boolean => !WORDS.has(item.type);

/** An item of words, once it is whole. */
export function wordsOf(item: ThreadItem): TurnEvent[] {
  const { id, text } = item;
  if (item.type === "agentMessage" || item.type === "plan") {
    return text ? [{ type: "text", id, text }] : [];
  }
  if (item.type === "reasoning") {
    const summary = (item.summary ?? []).join("\n\n");
    return summary === "" ? [] : [{ type: "reasoning", id, text: summary }];
  }
  if (item.type === "contextCompaction") {
    return [{ type: "notice", text: "Codex summarised the thread to make room." }];
  }
  return [];
}

export function toolStarted(item: ThreadItem): TurnEvent {
  const row = TOOLS[item.type];
  const title = row?.title(item) ?? "";
  return {
    type: "tool_started",
    id: item.id,
    kind: row?.kind ?? "other",
    title: title === "" ? item.type : title,
  };
}

/** How a tool's item ended. Items without a status of their own have done what they do. */
function statusOf(item: ThreadItem): "ok" | "failed" | "declined" {
  if (item.status === "failed" || item.status === "declined") return item.status;
  return "ok";
}

const CHANGES: Readonly<Record<string, "add" | "update" | "delete">> = {
  add: "add",
  update: "update",
  delete: "delete",
};

function fileChanges(item: ThreadItem): TurnEvent[] {
  if (statusOf(item) !== "ok") return [];
  return (item.changes ?? []).map((change) => ({
    type: "file_change",
    path: change.path,
    change: CHANGES[change.kind.type] ?? "update",
    diff: clipHead(change.diff, DIFF_BYTES_MAX).text,
  }));
}

/** A tool's item, once it is whole: what it changed, and how it ended. */
export function toolFinished(item: ThreadItem): TurnEvent[] {
  return [...fileChanges(item), {
    type: "tool_finished",
    id: item.id,
    status: statusOf(item),
    exitCode: item.exitCode ?? null,
    output: clipTail(item.aggregatedOutput ?? "", OUTPUT_BYTES_MAX).text,
    durationMs: item.durationMs ?? null,
  }];
}

/** A tool that never came to its end: the turn ended first. */
export function toolAbandoned(id: string): TurnEvent {
  return {
    type: "tool_finished",
    id,
    status: "failed",
    exitCode: null,
    output: "",
    durationMs: null,
  };
}
