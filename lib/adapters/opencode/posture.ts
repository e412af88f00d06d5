/** CAR's three postures in OpenCode's words. One table. */

import type { Posture } from "../../engine/ports.ts";
import type { Rule } from "./protocol.ts";

/** How CAR answers a permission request in a posture: by itself, or by asking a person. */
export type AutoAnswer = "yes" | "no" | "ask";

export interface PostureRow {
  /** Rules of the session. They come after OpenCode's own and a person's, and the last match counts. */
  readonly rules: readonly Rule[];
  readonly answer: AutoAnswer;
}

const rule = (action: string) => (permission: string): Rule => ({
  permission,
  pattern: "*",
  action,
});

/** Looks only, inside of the repo. */
const LOOKS = ["read", "glob", "grep", "list", "lsp", "skill", "todoread", "todowrite", "question"];

export const POSTURES = {
  yolo: { rules: [rule("allow")("*")], answer: "yes" },
  safe: {
    rules: [
      rule("ask")("*"),
      ...LOOKS.map(rule("allow")),
      // Edits stay inside of the repo: outside of it OpenCode asks for external_directory as well.
      rule("allow")("edit"),
      { permission: "read", pattern: "*.env", action: "ask" },
      { permission: "read", pattern: "*.env.*", action: "ask" },
      // An agent of the agent gets none of these rules.
      rule("deny")("task"),
    ],
    answer: "ask",
  },
  "read-only": { rules: [rule("deny")("*"), ...LOOKS.map(rule("allow"))], answer: "no" },
} as const satisfies Record<Posture, PostureRow>;

/** For people: what each posture comes to. OpenCode has no sandbox; it asks before it acts. */
export const POSTURE_WORDS = {
  yolo: "every tool is allowed",
  safe: "edits inside the repo are allowed; for commands and all else a person is asked",
  "read-only": "edits and commands are denied; files of the repo may be read",
} as const satisfies Record<Posture, string>;
