/** What each key of a ticket's frontmatter may hold: read into data, or a problem that names the line. */

import {
  type LintProblem,
  type Ticket,
  type TicketLimits,
  type VerifyCommand,
} from "../engine/ticket.ts";
import { isTicketId } from "../engine/ids.ts";
import { type LintCode, lintProblem } from "./ticket_rules.ts";
import type { YamlEntry, YamlNode } from "./yaml_node.ts";

/** The keys of one ticket while they are read. */
export class Fields {
  readonly problems: LintProblem[] = [];
  readonly #file: string;
  readonly #entries: ReadonlyMap<string, YamlEntry>;

  constructor(file: string, entries: readonly YamlEntry[]) {
    this.#file = file;
    this.#entries = new Map(entries.map((entry) => [entry.key, entry]));
  }

  entry(key: string): YamlEntry | undefined {
    return this.#entries.get(key);
  }

  /** The value of a key, undefined when it is missing or empty. */
  value(key: string): YamlNode | undefined {
    const node = this.entry(key)?.value;
    return node === undefined || isEmpty(node) ? undefined : node;
  }

  line(key: string): number {
    return this.entry(key)?.line ?? 1;
  }

  problem(code: LintCode, key: string, line: number, found = ""): null {
    this.problems.push(lintProblem(code, { file: this.#file, line, key }, found));
    return null;
  }
}

const isEmpty = (node: YamlNode): boolean =>
  node.kind === "scalar" && (node.value === null || String(node.value).trim() === "");

/** A value in words: `"yes"`, `the number 1`, `a list`. */
function described(node: YamlNode): string {
  switch (node.kind) {
    case "list":
      return "a list";
    case "map":
      return "a map";
    case "scalar":
      if (node.value === null) return "nothing";
      if (typeof node.value === "number") return `the number ${node.source}`;
      return typeof node.value === "boolean" ? node.source : JSON.stringify(node.value);
  }
}

/** Texts people and agents write when they mean true or false. */
export const BOOLEAN_WORDS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "yes", "y", "on", "1"].map((word) => [word, true] as const),
  ...["false", "no", "n", "off", "0", ""].map((word) => [word, false] as const),
]);

/** Whether the ticket is claimed to be done; null when that cannot be told. */
export function readDone(fields: Fields): boolean | null {
  const entry = fields.entry("done");
  if (entry === undefined) return fields.problem("done_missing", "done", 1);
  const node = entry.value;
  if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
  const meant = node.kind === "scalar" && BOOLEAN_WORDS.has(node.source.trim().toLowerCase());
  const code = meant ? "done_not_boolean" : "done_unclear";
  return fields.problem(code, "done", node.line, described(node));
}

/** The ticket's own id; null when there is none or it is none. */
export function readId(fields: Fields): Ticket["id"] | null {
  const node = fields.value("ticket_id");
  if (node === undefined) return null;
  if (node.kind === "scalar" && isTicketId(node.source)) return node.source;
  return fields.problem("ticket_id_shape", "ticket_id", node.line, described(node));
}

/** An optional text. A number or `true` is taken as it is written: a title may well be `404`. */
export function readText(fields: Fields, key: string): string | null {
  const node = fields.value(key);
  if (node === undefined) return null;
  if (node.kind !== "scalar") return fields.problem("not_text", key, node.line, described(node));
  return (typeof node.value === "string" ? node.value : node.source).trim();
}

/** A list of texts; one text alone is a list of one. */
export function readTexts(fields: Fields, key: string): readonly string[] {
  return itemsOf(fields.value(key)).flatMap((item) => {
    if (item.kind === "scalar" && !isEmpty(item)) return [item.source.trim()];
    fields.problem("not_texts", key, item.line, described(item));
    return [];
  });
}

/** The items of a list; a value alone is a list of one. */
function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  if (node === undefined) return [];
  return node.kind === "list" ? node.items : [node];
}

/** More than any ticket needs, and few enough that the search for circles stays short. */
const DEPENDENCIES_MAX = 200;

export interface DependsOn {
  readonly value: number | string;
  readonly line: number;
}

/** Ticket numbers or ids, as written, with their lines. */
export function readDependsOn(fields: Fields): readonly DependsOn[] {
  const items = itemsOf(fields.value("depends_on"));
  if (items.length > DEPENDENCIES_MAX) {
    fields.problem(
      "depends_on_shape",
      "depends_on",
      fields.line("depends_on"),
      `${items.length} items`,
    );
    return [];
  }
  return items.flatMap((item): readonly DependsOn[] => {
    const value = item.kind === "scalar" && !isEmpty(item) ? item.value : null;
    if (typeof value === "string") return [{ value: value.trim(), line: item.line }];
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) {
      return [{ value, line: item.line }];
    }
    fields.problem("depends_on_shape", "depends_on", item.line, described(item));
    return [];
  });
}

const isAbove0 = (node: YamlNode): boolean =>
  node.kind === "scalar" && typeof node.value === "number" && Number.isFinite(node.value) &&
  node.value > 0;

const wholeAbove0 = (node: YamlNode): number | null =>
  node.kind === "scalar" && Number.isSafeInteger(node.value) && isAbove0(node)
    ? Number(node.value)
    : null;

/** The ticket's own checks. */
export function readVerify(fields: Fields): readonly VerifyCommand[] {
  const wrong = (node: { line: number }, found: string): readonly VerifyCommand[] => {
    fields.problem("verify_shape", "verify", node.line, found);
    return [];
  };
  return itemsOf(fields.value("verify")).flatMap((item) => {
    if (item.kind === "list") return wrong(item, "a list in a list");
    if (item.kind === "scalar") {
      const isCommand = typeof item.value === "string" && !isEmpty(item);
      return isCommand
        ? [{ run: String(item.value), timeoutSeconds: null }]
        : wrong(item, described(item));
    }
    const keys = new Map(item.entries.map((entry) => [entry.key, entry]));
    const [run, timeout] = [keys.get("run"), keys.get("timeout_s")];
    const other = item.entries.find(({ key }) => key !== "run" && key !== "timeout_s");
    if (other !== undefined) return wrong(other, colonHint(other));
    if (run?.value.kind !== "scalar" || isEmpty(run.value)) return wrong(item, "a map without run");
    if (timeout !== undefined && !isAbove0(timeout.value)) {
      return wrong(timeout, `the timeout_s ${described(timeout.value)}`);
    }
    const seconds = timeout?.value.kind === "scalar" ? Number(timeout.value.value) : null;
    return [{ run: String(run.value.value), timeoutSeconds: seconds }];
  });
}

/** An unquoted command with a colon in it is read as a map; say so rather than "unknown key". */
const colonHint = ({ key, value }: YamlEntry): string =>
  /\s/.test(key)
    ? `the command "${key}: ${
      value.kind === "scalar" ? value.source : "..."
    }", which needs quotes for its colon`
    : `the key ${key}`;

const LIMIT_KEYS = [
  "turns",
  "minutes",
  "tokens",
] as const satisfies readonly (keyof TicketLimits)[];
type LimitKey = typeof LIMIT_KEYS[number];
const NO_LIMITS: TicketLimits = { turns: null, minutes: null, tokens: null };
const isLimitKey = (key: string): key is LimitKey => LIMIT_KEYS.some((known) => known === key);

export function readLimits(fields: Fields): TicketLimits {
  const node = fields.value("limits");
  if (node === undefined) return NO_LIMITS;
  if (node.kind !== "map") {
    fields.problem("limits_shape", "limits", node.line, described(node));
    return NO_LIMITS;
  }
  const limits: Record<LimitKey, number | null> = { ...NO_LIMITS };
  for (const { key, line, value } of node.entries) {
    if (!isLimitKey(key)) {
      fields.problem("limits_shape", "limits", line, `the key ${key}`);
    } else if (!isEmpty(value)) {
      limits[key] = wholeAbove0(value) ??
        fields.problem("limits_shape", "limits", line, `${key}: ${described(value)}`);
    }
  }
  return limits;
}

/** Why a path may not be asked for; null when it may. Links are looked at where the file is read. */
export function contextPathFault(path: string): string | null {
  if (path.trim() === "") return "is empty";
  if (path.includes("\\")) return `${path} has a backslash`;
  if (/\p{Cc}/u.test(path)) return `${path} has a control character`;
  if (path.startsWith("/") || path.startsWith("~") || /^[A-Za-z]:/.test(path)) {
    return `${path} is absolute`;
  }
  return path.split("/").includes("..") ? `${path} leads upward` : null;
}

/** The files the ticket wants in its prompt, with the line of each for later complaints. */
export function readContext(
  fields: Fields,
): readonly (Ticket["context"][number] & { line: number })[] {
  return itemsOf(fields.value("context")).flatMap((item) => {
    const wrong = (line: number, found: string) => {
      fields.problem("context_shape", "context", line, found);
      return [];
    };
    if (item.kind !== "map") return wrong(item.line, described(item));
    const keys = new Map(item.entries.map((entry) => [entry.key, entry.value]));
    const other = item.entries.find(({ key }) => !["path", "max_bytes", "required"].includes(key));
    if (other !== undefined) return wrong(other.line, `the key ${other.key}`);
    const [path, max, required] = [keys.get("path"), keys.get("max_bytes"), keys.get("required")];
    if (path?.kind !== "scalar") return wrong(item.line, "an item without path");
    const maxBytes = max === undefined || isEmpty(max) ? null : wholeAbove0(max);
    if (max !== undefined && !isEmpty(max) && maxBytes === null) {
      return wrong(max.line, `the max_bytes ${described(max)}`);
    }
    const isBoolean = required?.kind === "scalar" && typeof required.value === "boolean";
    if (required !== undefined && !isBoolean) {
      return wrong(required.line, `the required ${described(required)}`);
    }
    const fault = contextPathFault(path.source);
    if (fault !== null) {
      fields.problem("context_path", "context", path.line, fault);
      return [];
    }
    return [{
      path: path.source,
      maxBytes,
      required: isBoolean && required.value === true,
      line: path.line,
    }];
  });
}
