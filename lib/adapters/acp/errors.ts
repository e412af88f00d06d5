/**
 * Names a failed turn of an ACP agent in CAR's words. The protocol has a code for a missing login
 * only; for the rest the agents' own words are all there is. Pure.
 */

import { CarError } from "../../base/errors.ts";
import type { AgentError, AgentErrorKind } from "../../engine/turn.ts";
import { RpcError } from "../wire/jsonrpc.ts";
import { type Fields, fieldsOf, inside, textAt } from "./reading.ts";

export const AUTH_REQUIRED = -32000;
export const METHOD_NOT_FOUND = -32601;
export const NOT_FOUND = -32002;

/** The first row that matches the whole of what the agent said counts. */
const BY_WORDS: readonly (readonly [RegExp, AgentErrorKind])[] = [
  [/usage.?limit|quota|insufficient.?(funds|credit|balance)|billing/i, "quota"],
  [
    /\b401\b|\b403\b|unauthori[sz]ed|api.?key|not logged in|\blog ?in\b|missing environment/i,
    "auth",
  ],
  [/context.?(window|length|overflow|full)|maximum context|prompt is too long/i, "context_full"],
  [/\b429\b|rate.?limit|too many requests|high demand|overloaded|server.?error/i, "overloaded"],
  [/\b5\d\d\b|service unavailable|bad gateway/i, "overloaded"],
  // The answer was cut at the model's output limit: going on is the cure, as for a cut stream.
  [/max.?output.?tokens|output (token )?limit/i, "network"],
  [
    /disconnected|ECONN|connection (reset|closed|refused|error|lost)|socket|network|fetch failed|timed? ?out|terminated|\bstream\b/i,
    "network",
  ],
];

/** The kinds in which a failure can be told in an answer that calls itself a good one. */
const BY_CATEGORY: Readonly<Record<string, AgentErrorKind>> = {
  access: "auth",
  limit: "overloaded",
  service: "overloaded",
  connection: "network",
  request: "refused",
};

const RESET = /try again at (\w{3}) (\d{1,2})\w\w, (\d{4}) (\d{1,2}:\d\d [AP]M)/i;
const MINUTE_MS = 60_000;

/** A quota's reset told in words; the seconds were cut off, so the minute after counts. */
function resetIn(words: string): { resetsAtMs?: number } {
  const [, month, day, year, time] = RESET.exec(words) ?? [];
  const told = Date.parse(`${month} ${day}, ${year} ${time}`);
  return Number.isNaN(told) ? {} : { resetsAtMs: told + MINUTE_MS };
}

/** A body that the service answered becomes its own sentence; other texts stay as they are. */
function sentenceOf(message: string): string {
  try {
    return textAt(inside(JSON.parse(message), "error"), "message") ?? message;
  } catch {
    return message;
  }
}

export function errorOfWords(words: string, message: string): AgentError {
  const kind = BY_WORDS.find(([text]) => text.test(words))?.[1] ?? "refused";
  return { kind, message: sentenceOf(message), ...(kind === "quota" ? resetIn(words) : {}) };
}

/** The names of the ways to log in, for people. */
export function loginHint(methods: readonly string[]): string {
  return methods.length === 0
    ? "It names no way to log in; see its own documentation."
    : `Log in with the agent's own program. It knows: ${methods.join("; ")}.`;
}

/** @param methods the names of the agent's ways to log in. */
export function agentErrorOf(thrown: unknown, methods: readonly string[]): AgentError {
  if (thrown instanceof RpcError) return rpcError(thrown, methods);
  if (thrown instanceof CarError) {
    const hint = thrown.hint === undefined ? "" : ` ${thrown.hint}`;
    const kind = KIND_BY_CODE[thrown.code] ?? "crashed";
    return { kind, message: `${thrown.message.replace(/\.?$/, ".")}${hint}` };
  }
  return { kind: "protocol", message: thrown instanceof Error ? thrown.message : String(thrown) };
}

const KIND_BY_CODE: Readonly<Partial<Record<CarError["code"], AgentErrorKind>>> = {
  timeout: "silent",
  invalid: "refused",
};

function rpcError(thrown: RpcError, methods: readonly string[]): AgentError {
  const data = fieldsOf(thrown.data);
  const detail = textAt(data, "message") ?? textAt(data, "details") ??
    (typeof thrown.data === "string" ? thrown.data : undefined);
  const message = detail ?? thrown.text;
  const words = `${thrown.text} ${typeof thrown.data === "object" ? JSON.stringify(data) : ""} ${
    detail ?? ""
  }`;
  if (thrown.code === METHOD_NOT_FOUND) return { kind: "protocol", message: thrown.message };
  // "Internal error" is what all of them say first; it names nothing.
  const found = errorOfWords(words.replace(/internal.?error/gi, ""), message);
  if (thrown.code !== AUTH_REQUIRED && found.kind !== "auth") return found;
  return { kind: "auth", message: `The agent wants a login: ${message} ${loginHint(methods)}` };
}

/** A failure inside an answer that says the turn ended well, as one family of agents tells it. */
export function failureIn(answer: Fields): AgentError | undefined {
  const failure = inside(answer, "_meta", "jetbrains", "air", "sessionFailure");
  if (textAt(failure, "severity") !== "error") return undefined;
  const title = textAt(failure, "title") ?? "The turn failed, and the agent gave no reason.";
  const byWords = BY_WORDS.find(([text]) => text.test(title))?.[1];
  const kind = byWords ?? BY_CATEGORY[textAt(failure, "category") ?? ""] ?? "refused";
  return { kind, message: title };
}
