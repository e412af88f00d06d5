/** Tells what one tool call of an OpenCode turn is in CAR's words. Pure. */

import { clipHead, clipTail } from "../../base/text.ts";
import type { ToolKind, TurnEvent } from "../../engine/turn.ts";
import type { Part } from "./protocol.ts";

/** What a finished tool keeps of its output, as TurnEvent promises. */
const OUTPUT_BYTES_MAX = 8 * 1024;
/** What a file change keeps of its diff, as TurnEvent promises. */
const DIFF_BYTES_MAX = 64 * 1024;

/** The kind of each tool, which is the kind of the permission with the same name too. Others are `other`. */
const KINDS: Readonly<Record<string, ToolKind>> = {
  bash: "command",
  edit: "edit",
  write: "edit",
  multiedit: "edit",
  apply_patch: "edit",
  patch: "edit",
  read: "read",
  list: "read",
  glob: "search",
  grep: "search",
  codesearch: "search",
  websearch: "search",
  webfetch: "fetch",
};

/** Where a tool's input says what it works on, in the order to look. */
const TARGETS = ["command", "filePath", "path", "pattern", "query", "url", "description"] as const;

/** How OpenCode begins the error of a call that was not allowed. */
const DECLINED = /^The user (rejected permission|has specified a rule)/;

const CHANGES: Readonly<Record<string, "add" | "update" | "delete">> = {
  add: "add",
  update: "update",
  move: "update",
  delete: "delete",
};

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const textIn = (fields: Fields | undefined, name: string): string | undefined => {
  const value = fields?.[name];
  return typeof value === "string" && value !== "" ? value : undefined;
};

export const kindOf = (tool: string): ToolKind =>
  Object.hasOwn(KINDS, tool) ? KINDS[tool] ?? "other" : "other";

function titleOf(part: Part): string {
  const tool = part.tool ?? "tool";
  const input = part.state?.input;
  const target = TARGETS.flatMap((name) => textIn(input, name) ?? [])[0];
  if (target === undefined) return tool;
  return kindOf(tool) === "command" ? target : `${tool} ${target}`;
}

export const toolStarted = (part: Part): TurnEvent => ({
  type: "tool_started",
  id: part.id,
  kind: kindOf(part.tool ?? ""),
  title: titleOf(part),
});

/** All that a running tool has printed so far. */
export const printedBy = (part: Part): string => textIn(part.state?.metadata, "output") ?? "";

/** A command's exit code; undefined: the tool is no command. Null: it was ended before it exited. */
function exitOf(part: Part): number | null | undefined {
  const exit = part.state?.metadata?.exit;
  if (typeof exit === "number" || exit === null) return exit;
  return undefined;
}

function statusOf(part: Part): "ok" | "failed" | "declined" {
  if (part.state?.status === "error") {
    return DECLINED.test(part.state.error ?? "") ? "declined" : "failed";
  }
  const exit = exitOf(part);
  return exit === undefined || exit === 0 ? "ok" : "failed";
}

function durationOf(part: Part): number | null {
  const { start, end } = part.state?.time ?? {};
  return start === undefined || end === undefined ? null : end - start;
}

/** The files that a finished edit changed. A patch lists its own; other tools change one. */
function fileChanges(part: Part): TurnEvent[] {
  if (kindOf(part.tool ?? "") !== "edit" || statusOf(part) !== "ok") return [];
  const { input, metadata } = part.state ?? {};
  const listed = metadata?.files;
  if (Array.isArray(listed)) return listed.filter(isFields).flatMap(listedChange);
  const path = textIn(input, "filePath") ?? textIn(metadata, "filepath");
  if (path === undefined) return [];
  const change = metadata?.exists === false ? "add" : "update";
  return [fileChange(path, change, textIn(metadata, "diff") ?? "")];
}

function listedChange(file: Fields): TurnEvent[] {
  const path = textIn(file, "filePath") ?? textIn(file, "relativePath");
  if (path === undefined) return [];
  const change = CHANGES[textIn(file, "type") ?? ""] ?? "update";
  return [fileChange(path, change, textIn(file, "diff") ?? textIn(file, "patch") ?? "")];
}

const fileChange = (
  path: string,
  change: "add" | "update" | "delete",
  diff: string,
): TurnEvent => ({
  type: "file_change",
  path,
  change,
  diff: clipHead(diff, DIFF_BYTES_MAX).text,
});

/** A tool call that is over: what it changed, and how it ended. */
export function toolFinished(part: Part): TurnEvent[] {
  const output = part.state?.output ?? part.state?.error ?? "";
  return [...fileChanges(part), {
    type: "tool_finished",
    id: part.id,
    status: statusOf(part),
    exitCode: exitOf(part) ?? null,
    output: clipTail(output, OUTPUT_BYTES_MAX).text,
    durationMs: durationOf(part),
  }];
}

/** A tool that never came to its end: the turn ended first. */
export const toolAbandoned = (id: string): TurnEvent => ({
  type: "tool_finished",
  id,
  status: "failed",
  exitCode: null,
  output: "",
  durationMs: null,
});
