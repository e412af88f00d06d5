/** What the repos of the showcase hold: sources, documents, tickets, and what a scripted model does with them. */

import type { Script, ScriptItem, ScriptReply } from "./model_script.ts";

export interface ShownTicket {
  readonly title: string;
  readonly body: string;
  /** Frontmatter besides. */
  readonly keys?: Readonly<Record<string, unknown>>;
  /** `shell` when absent and no model speaks. */
  readonly agent?: string;
  /** What `sh` does where no model speaks. */
  readonly commands?: readonly string[];
  /** What the model does where one speaks. */
  readonly script?: Script;
}

export const SOURCES: Readonly<Record<string, string>> = {
  "src/berths.ts": `/** A place where a boat may lie. */
export interface Berth {
  readonly id: string;
  /** In metres. */
  readonly length: number;
}

export const BERTHS: readonly Berth[] = [
  { id: "A1", length: 9 },
  { id: "A2", length: 12 },
  { id: "B1", length: 15 },
];
`,
  "scripts/check.sh": `#!/bin/sh
set -e
for f in src/*.ts; do
  printf '\\033[32mok\\033[0m  %s\\n' "$f"
done
`,
};

export const CONTEXT: Readonly<Record<string, string>> = {
  active_context: `# Now

Bookings are nearly whole; the map of free berths comes next. The old form goes once the map is there.
`,
  decisions: `# Decisions

- A booking is refused with a sentence, never with a code alone.
- Days are counted from noon to noon, as harbours do.
`,
  spec: `# The harbour

Guests see which berths are free, book one for some nights, and are told **why** when they cannot.

| word | means |
| --- | --- |
| berth | a place where one boat lies |
| booking | a berth, a boat, and some nights |
`,
};

const done = (number: number): string =>
  `sed -i 's/^done: false/done: true/' .codex-autorunner/tickets/TICKET-00${number}.md`;

const inHours = (hours: number): string => String(Math.round(Date.now() / 1_000) + hours * 3_600);

/** Windows of the account's quota, as the service tells them. */
const quota = (percent: number): Record<string, string> => ({
  "x-codex-primary-used-percent": String(percent),
  "x-codex-primary-window-minutes": "300",
  "x-codex-primary-reset-at": inHours(3),
  "x-codex-secondary-used-percent": String(Math.round(percent / 4)),
  "x-codex-secondary-window-minutes": "10080",
  "x-codex-secondary-reset-at": inHours(90),
});

const reply = (percent: number, tokens: number, ...items: ScriptItem[]): ScriptReply => ({
  items,
  headers: quota(percent),
  usage: {
    input: tokens,
    cached: Math.round(tokens / 2),
    output: Math.round(tokens / 9),
    reasoning: Math.round(tokens / 30),
  },
});

const patch = (file: string, ...lines: string[]): ScriptItem => ({
  patch: `*** Begin Patch\n*** Add File: ${file}\n${
    lines.map((line) => `+${line}`).join("\n")
  }\n*** End Patch`,
});

const CHECK = { verify: ["sh scripts/check.sh"] };

const OVERLAP = [
  'import type { Berth } from "./berths.ts";',
  "",
  "export interface Booking {",
  "  readonly berth: Berth;",
  "  /** The first night and the day of leaving. */",
  "  readonly from: number;",
  "  readonly to: number;",
  "}",
  "",
];
const overlaps = (sign: string): string[] => [
  "export const overlaps = (a: Booking, b: Booking): boolean =>",
  `  a.berth.id === b.berth.id && a.from ${sign} b.to && b.from ${sign} a.to;`,
];

export const QUEUE: readonly ShownTicket[] = [
  {
    title: "Tell which berths fit a boat",
    keys: CHECK,
    body:
      "A boat fits a berth when it is no longer than the berth.\n\n- [x] shortest berth first\n",
    commands: ["echo 'export const fits = 1;' > src/fits.ts", "sh scripts/check.sh"],
    script: {
      turns: [{
        steps: [
          reply(31, 6_400, { think: "The berths are in one list; a filter and a sort will do." }, {
            exec: "cat src/berths.ts",
          }),
          reply(
            32,
            7_900,
            patch(
              "src/fits.ts",
              'import { type Berth, BERTHS } from "./berths.ts";',
              "",
              "/** Shortest first, so that long berths stay free for long boats. */",
              "export const fitting = (metres: number): readonly Berth[] =>",
              "  BERTHS.filter((it) => it.length >= metres)",
              "    .toSorted((a, b) => a.length - b.length);",
            ),
          ),
          reply(32, 8_300, { exec: done(1) }),
          reply(33, 8_600, { say: "Boats are matched to the **shortest** berth that is free." }),
        ],
      }],
    },
  },
  {
    title: "Refuse a booking that overlaps another",
    keys: { verify: ["sh scripts/check.sh", "grep -q ' < ' src/bookings.ts"] },
    body:
      "Two bookings of one berth must not share a night. Leaving and coming on one day is fine.",
    commands: ["[ -e src/bookings.ts ] && echo 'a < b' > src/bookings.ts || touch src/bookings.ts"],
    script: {
      turns: [
        {
          steps: [
            reply(35, 9_800, patch("src/bookings.ts", ...OVERLAP, ...overlaps("<="))),
            reply(36, 10_900, { exec: done(2) }),
            reply(36, 11_200, { say: "Overlaps are refused now." }),
            // Told what the checks found, in a prompt of its own, the model goes on here.
            reply(38, 12_800, {
              exec: "sed -i 's/<=/</g' src/bookings.ts && sh scripts/check.sh",
            }),
            reply(39, 13_300, { exec: done(2) }),
            reply(39, 13_600, { say: "The day of leaving is free again: `<` instead of `<=`." }),
          ],
        },
      ],
    },
  },
  {
    title: "Say why a booking is refused",
    keys: { ...CHECK, goal: "Every refusal is a sentence a guest understands" },
    body: "Each refusal is a sentence a guest understands.",
    commands: ["echo 'export const WHY = 1;' > src/refusals.ts"],
    script: {
      turns: [{
        steps: [
          reply(
            41,
            8_700,
            patch(
              "src/refusals.ts",
              "export const REFUSALS = {",
              '  taken: "Another boat lies there on some of these nights.",',
              '  long: "The boat is longer than the berth.",',
              "} as const;",
            ),
          ),
          reply(42, 9_400, { exec: done(3) }),
          reply(42, 9_700, { say: "Two refusals, each with its sentence." }),
        ],
      }],
    },
  },
  {
    title: "Show free berths on a map",
    keys: CHECK,
    body: "The map shows each jetty with its berths; free ones are drawn in outline.\n\n" +
      "1. one SVG, no library\n2. readable without colours\n",
    commands: [
      "printf '\\033[32mok\\033[0m  jetty A\\n'",
      "until [ -e go ]; do sleep 0.1; done; rm go",
    ],
    script: {
      turns: [{
        steps: [
          reply(44, 11_000, {
            think: "One path for each jetty, berths as small squares along it.",
          }, { exec: "sh scripts/check.sh" }),
          reply(
            45,
            12_500,
            {
              say: "The sources are sound. I draw each jetty as a line with its berths along it; " +
                "a free berth is an **outline**, a taken one is filled.",
              phase: "commentary",
            },
            patch(
              "src/map.ts",
              'import type { Berth } from "./berths.ts";',
              "",
              "const SIDE = 12;",
              "",
              "export const square = (it: Berth, at: number, isFree: boolean): string =>",
              '  `<rect x=${at * SIDE} width=${SIDE} class=${isFree ? "free" : "taken"} />`;',
            ),
          ),
          { ...reply(46, 13_900, { exec: done(4) }), hold: "harbour" },
          reply(47, 14_200, { say: "The map shows what is free." }),
        ],
      }],
    },
  },
  {
    title: "Send the harbour master a note of each booking",
    keys: { ...CHECK, depends_on: [4] },
    body: "One mail a day, at noon, with all bookings of that day.",
    commands: ["true"],
  },
  {
    title: "Ask the harbour master for the prices",
    agent: "user",
    body: "They are on paper only. Put them into `prices.csv`.",
  },
  {
    title: "Take the old form out",
    keys: { ...CHECK, depends_on: [4, 5] },
    body: "Once the map is there nobody needs the form.",
    commands: ["true"],
  },
];

export const HANDOFF: ShownTicket = {
  title: "Paint the light",
  keys: { verify: ["test -f colour.txt"] },
  body: "The light needs a colour.",
  commands: [
    "[ -e asked ] && exit 0; touch asked",
    "cat > .codex-autorunner/runs/run-0001/DISPATCH.md <<'END'",
    "---",
    "mode: pause",
    "title: Red or green?",
    "---",
    "Both are in use along this coast:",
    "",
    "| side | colour |",
    "| --- | --- |",
    "| port | **red** |",
    "| starboard | **green** |",
    "",
    "The plan does not say on which side of the entrance the light stands. Which is it?",
    "END",
  ],
};

export const WAITS_FOR_WORD = {
  held: {
    title: "Measure the stones",
    keys: { verify: ["grep -q '^12$' stones.txt"] },
    body: "Count them; there are twelve.",
    commands: ["printf 'granite 11\\nslate 4\\n11\\n' > stones.txt"],
  },
  approval: {
    title: "Fetch the timetable",
    body: "From the office.",
    commands: ["cp /etc/hostname timetable.txt"],
  },
  done: {
    title: "Count the trees",
    keys: { verify: ["test -s trees.txt"] },
    body: "All of them.",
    commands: ["seq 120 > trees.txt"],
  },
  broken: {
    title: "Ring the bell",
    keys: { done: "perhaps" },
    body: "At noon.",
    commands: ["true"],
  },
} as const satisfies Record<string, ShownTicket>;
