/** The keys of a ticket's frontmatter, for people and programs that write tickets. */

export interface TicketKey {
  readonly required: boolean;
  /** What may stand there, in words. */
  readonly allowed: string;
  readonly meaning: string;
  /** As it stands in a ticket, behind `key: `. */
  readonly example: string;
}

/** In the order CAR writes them. Keys that are not here are kept and mean nothing to CAR. */
export const TICKET_KEYS = {
  ticket_id: {
    required: false,
    allowed: "6 to 128 letters, digits, dots, dashes and underscores",
    meaning: "A name that stays when the ticket is renumbered; CAR writes it when it is missing.",
    example: "tkt_0123456789abcdef",
  },
  agent: {
    required: true,
    allowed: "a configured agent, or user",
    meaning: "Who works on it. At `user` the run pauses for a person.",
    example: "user",
  },
  done: {
    required: true,
    allowed: "true or false, without quotes",
    meaning: "The claim that it is done. CAR checks it and puts it back when a check fails.",
    example: "false",
  },
  title: {
    required: false,
    allowed: "text in one value",
    meaning: "What it is called in lists.",
    example: '"Add login"',
  },
  goal: {
    required: false,
    allowed: "text in one value",
    meaning: "What is true when it is done.",
    example: '"A person can sign in with a password"',
  },
  depends_on: {
    required: false,
    allowed: "a list of ticket numbers or ids that come before it",
    meaning: "Tickets that must be done first; a loop or a later ticket is an error.",
    example: "[]",
  },
  verify: {
    required: false,
    allowed: "a command, {run: COMMAND, timeout_s: SECONDS}, or a list of these",
    meaning: "Checks that must end with 0 before the claim counts, run by `sh -c` in the repo.",
    example: "[npm test]",
  },
  limits: {
    required: false,
    allowed: "turns, minutes and tokens, each a whole number above 0",
    meaning: "Where the run pauses rather than go on with this ticket.",
    example: "{turns: 6}",
  },
  model: {
    required: false,
    allowed: "text in one value",
    meaning: "The agent's model for this ticket.",
    example: "small",
  },
  reasoning: {
    required: false,
    allowed: "text in one value",
    meaning: "How hard the model thinks, in the agent's own words.",
    example: "high",
  },
  profile: {
    required: false,
    allowed: "text in one value",
    meaning: "The agent's own profile.",
    example: "default",
  },
  touches: {
    required: false,
    allowed: "a list of globs",
    meaning: "What the ticket plans to edit.",
    example: '["src/**"]',
  },
  may_change: {
    required: false,
    allowed: "a list of globs",
    meaning: "Tests, checks and settings that this ticket may change.",
    example: '["tests/login/**"]',
  },
  context: {
    required: false,
    allowed: "a list of {path: FILE, max_bytes: NUMBER, required: true or false}",
    meaning: "Files of the repo that go into the prompt.",
    example: "[{path: docs/login.md, max_bytes: 4000}]",
  },
  review: {
    required: false,
    allowed: "a configured agent",
    meaning: "Who gives a second opinion on the claim.",
    example: "shell",
  },
  fallback: {
    required: false,
    allowed: "a configured agent",
    meaning: "Who takes over while the agent's account is out of quota.",
    example: "shell",
  },
} as const satisfies Record<string, TicketKey>;

export type TicketKeyName = keyof typeof TICKET_KEYS;
