/** What an agent may ask for, and who answers: the policy of the config, as a decision. */

import type { ToolKind } from "./turn.ts";

export interface ApprovalPolicy {
  /** `KIND:PATTERN` or `PATTERN` for any kind; `*` stands for any text. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** `rule` is the line of the policy that decided. */
export type ApprovalDecision =
  | { readonly type: "allow" | "deny"; readonly rule: string }
  | { readonly type: "ask" };

const KINDS: Readonly<Record<ToolKind, true>> = {
  command: true,
  edit: true,
  read: true,
  search: true,
  fetch: true,
  other: true,
};

/** Decides a request: a denial goes before a permission, and what no rule names is asked. */
export function decideRequest(
  policy: ApprovalPolicy,
  request: { readonly kind: ToolKind; readonly title: string },
): ApprovalDecision {
  for (const type of ["deny", "allow"] as const) {
    const rule = policy[type].find((it) => matchesRule(it, request));
    if (rule !== undefined) return { type, rule };
  }
  return { type: "ask" };
}

function matchesRule(
  rule: string,
  request: { readonly kind: ToolKind; readonly title: string },
): boolean {
  const colon = rule.indexOf(":");
  const kind = rule.slice(0, Math.max(colon, 0));
  const named = Object.hasOwn(KINDS, kind);
  if (named && kind !== request.kind) return false;
  return matchesPattern(named ? rule.slice(colon + 1) : rule, request.title);
}

/**
 * Whether the whole text is the pattern, `*` standing for any text. A command that goes on after what
 * the pattern names (`git status; rm x`) is matched only where the pattern says so with a `*`, and a
 * `*` never stands for what begins another command.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const parts = pattern.trim().split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(ANY)}$`, "s").test(text.trim());
}

/** Any text without what a shell takes for the end of a command or the start of another. */
const ANY = "[^;&|`$()<>\\n\\r]*";
