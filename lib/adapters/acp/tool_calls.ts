/** The tool calls of one turn: what each told so far, and what that is in CAR's words. Pure. */

import { createTwoFilesPatch } from "diff";
import { clipHead, clipTail } from "../../base/text.ts";
import type { ToolKind, TurnEvent } from "../../engine/turn.ts";
import { type Fields, fieldsOf, listAt, numberAt, textAt } from "./reading.ts";

/** What a finished tool keeps of its output, as TurnEvent promises. */
const OUTPUT_BYTES_MAX = 8 * 1024;
/** What a file change keeps of its diff, as TurnEvent promises. */
const DIFF_BYTES_MAX = 64 * 1024;
/** Edits that are further apart are told without a diff: it would take seconds to make. */
const DIFF_EDITS_MAX = 5_000;
/** Texts longer than this are told without a diff. */
const DIFF_CHARACTERS_MAX = 1024 * 1024;

/** The protocol's kinds of tools in CAR's words. One that is not here is `other`. */
const KINDS: Readonly<Record<string, ToolKind>> = {
  execute: "command",
  edit: "edit",
  delete: "edit",
  move: "edit",
  read: "read",
  search: "search",
  fetch: "fetch",
};

export const toolKindOf = (kind: string | undefined): ToolKind => KINDS[kind ?? ""] ?? "other";

/** What a terminal of ours knows: the tool that holds it may tell nothing of its own. */
export interface TerminalView {
  readonly output: string;
  /** Null while it runs. */
  readonly exitCode: number | null;
}

/** The command line that a tool call carries, as the agents spell it: text, or words of a shell. */
export function commandIn(call: Fields): string | undefined {
  const input = fieldsOf(call["rawInput"]);
  const command = input["command"] ?? input["cmd"];
  if (typeof command === "string" && command !== "") return command;
  if (!Array.isArray(command)) return undefined;
  const words = command.filter((word) => typeof word === "string");
  // A shell that runs one text: the text is what a person wants to see.
  const [, flag, script] = words;
  return words.length === 3 && /^-\w*c$/.test(flag ?? "") ? script : words.join(" ") || undefined;
}

export function titleOf(call: Fields): string {
  const own = textAt(call, "title");
  const command = toolKindOf(textAt(call, "kind")) === "command" ? commandIn(call) : undefined;
  return command ?? own ?? textAt(call, "kind") ?? "a tool";
}

/** The diffs in a tool call's content, as changes of files. */
export function changesIn(call: Fields): (TurnEvent & { type: "file_change" })[] {
  const isDelete = textAt(call, "kind") === "delete";
  return listAt(call, "content").flatMap((part) => {
    const path = textAt(part, "path");
    if (part["type"] !== "diff" || path === undefined) return [];
    const before = typeof part["oldText"] === "string" ? part["oldText"] : null;
    const after = typeof part["newText"] === "string" ? part["newText"] : "";
    const change = isDelete ? "delete" : before === null ? "add" : "update";
    return [{ type: "file_change", path, change, diff: unifiedDiff(path, before ?? "", after) }];
  });
}

function unifiedDiff(path: string, before: string, after: string): string {
  if (before.length + after.length > DIFF_CHARACTERS_MAX) return "";
  const options = { context: 3, maxEditLength: DIFF_EDITS_MAX };
  const patch: string | undefined = createTwoFilesPatch(
    path,
    path,
    before,
    after,
    undefined,
    undefined,
    options,
  );
  return clipHead(patch ?? "", DIFF_BYTES_MAX).text;
}

/** The text among the content of a tool call. */
export function contentText(call: Fields): string {
  return listAt(call, "content").flatMap((part) => {
    const text = part["type"] === "content" ? textAt(fieldsOf(part["content"]), "text") : undefined;
    return text === undefined ? [] : [text];
  }).join("\n");
}

/** Names under which agents put what a command printed, best first. */
const OUTPUT_NAMES = ["aggregated_output", "formatted_output", "output", "stdout", "text"];
const EXIT_NAMES = ["exit_code", "exitCode", "exit"];

function rawOutput(call: Fields): { text: string; exitCode: number | null } {
  const raw = call["rawOutput"];
  if (typeof raw === "string") return { text: raw, exitCode: null };
  const fields = fieldsOf(raw);
  const text = OUTPUT_NAMES.map((name) => textAt(fields, name)).find((it) => it !== undefined);
  const places = [fields, fieldsOf(fields["metadata"])];
  const exitCode = places.flatMap((place) => EXIT_NAMES.map((name) => numberAt(place, name)))
    .find((it) => it !== undefined);
  return { text: text ?? "", exitCode: exitCode ?? null };
}

interface OpenCall {
  fields: Fields;
  /** How much of its text was passed on as it came. */
  told: string;
}

export class ToolCalls {
  readonly #open = new Map<string, OpenCall>();
  readonly #finished = new Set<string>();
  readonly #terminal: (id: string) => TerminalView | undefined;
  #nameless = 0;

  constructor(terminal: (id: string) => TerminalView | undefined) {
    this.#terminal = terminal;
  }

  /** A new call, or news of one: the fields that are there replace those known. */
  read(update: Fields): TurnEvent[] {
    const id = textAt(update, "toolCallId") ?? this.#idFor(update["sessionUpdate"]);
    if (this.#finished.has(id)) return [];
    const known = this.#open.get(id);
    const news = Object.entries(update).filter(([, value]) => value !== null);
    const call = known ?? { fields: {}, told: "" };
    call.fields = { ...call.fields, ...Object.fromEntries(news) };
    this.#open.set(id, call);
    const started = known === undefined ? [startedOf(id, call.fields)] : [];
    const status = textAt(call.fields, "status");
    if (status !== "completed" && status !== "failed") return [...started, ...progress(id, call)];
    return [...started, ...this.#finish(id, call, status)];
  }

  /** Ends what is still open: the turn is over. */
  close(): TurnEvent[] {
    return [...this.#open].flatMap(([id, call]) => this.#finish(id, call, "failed"));
  }

  /** A call without a name is the newest open one, or else a new one. */
  #idFor(kind: unknown): string {
    const newest = [...this.#open.keys()].at(-1);
    return kind !== "tool_call" && newest !== undefined ? newest : `nameless-${++this.#nameless}`;
  }

  #finish(id: string, call: OpenCall, status: "completed" | "failed"): TurnEvent[] {
    this.#open.delete(id);
    this.#finished.add(id);
    const raw = rawOutput(call.fields);
    const terminal = this.#terminalOf(call.fields);
    const exitCode = raw.exitCode ?? terminal?.exitCode ?? null;
    // Some agents call a command that ran completed, whatever its exit code.
    const isOk = status === "completed" && (exitCode ?? 0) === 0;
    const output = [raw.text, contentText(call.fields), terminal?.output].find((it) => it) ?? "";
    return [...(isOk ? changesIn(call.fields) : []), {
      type: "tool_finished",
      id,
      status: isOk ? "ok" : "failed",
      exitCode,
      output: clipTail(output, OUTPUT_BYTES_MAX).text,
      durationMs: null,
    }];
  }

  #terminalOf(call: Fields): TerminalView | undefined {
    const part = listAt(call, "content").find((it) => it["type"] === "terminal");
    const id = part === undefined ? undefined : textAt(part, "terminalId");
    return id === undefined ? undefined : this.#terminal(id);
  }
}

const startedOf = (id: string, call: Fields): TurnEvent => ({
  type: "tool_started",
  id,
  kind: toolKindOf(textAt(call, "kind")),
  title: titleOf(call),
});

/** What a running tool printed since the last look: its content is sent whole each time. */
function progress(id: string, call: OpenCall): TurnEvent[] {
  const text = contentText(call.fields);
  const news = text.startsWith(call.told) ? text.slice(call.told.length) : text;
  call.told = text;
  return news === ""
    ? []
    : [{ type: "tool_output", id, text: clipTail(news, OUTPUT_BYTES_MAX).text }];
}
