/** The promises of CAR about crashes, processes and files: what docs/GUARANTEES.md is made from. */

export interface PromiseRow {
  readonly id: string;
  /** What a person may rely on. */
  readonly promise: string;
  /** How it is tested, with the count of the tests. */
  readonly proof: string;
  /** Files below tests/. The first one carries the promise's name. */
  readonly tests: readonly string[];
  /** What was measured last, on the machine that the page names. */
  readonly result: string;
  /** Where it falls short of the promise or was not tried; empty when it does not. */
  readonly misses: string;
}

/** When and where the results were measured. */
export const MEASURED = "November 2026, Linux, 2 processors shared with other work";

const DURABLE = "battery/durable_calls_test.ts";
const KILLS = ["battery/random_kills_shell_test.ts", "battery/random_kills_codex_test.ts"] as const;
const SIGNALS = "battery/signals_test.ts";

export const PROMISES: readonly PromiseRow[] = [
  {
    id: "P1",
    promise:
      "A file CAR writes is the old one or the new one, never a mixture, also when the disk is full.",
    proof:
      "kill -9, a full disk and a disk error at every durable call of `car ticket done`, and " +
      "at every durable call of a whole run; a power cut at every moment of a write, on a disk " +
      "that forgets what was not fsynced",
    tests: ["promises/p01_files_whole_test.ts", "promises/p01_power_cut_test.ts", DURABLE],
    result: "0 torn and 0 emptied at 5 calls x 3 faults, and at 98 calls of a run of two tickets",
    misses:
      "The power cut is a model of the disk, no plug was pulled; SQLite's files are not in it.",
  },
  {
    id: "P2",
    promise: "What CAR has told you survives a crash.",
    proof: "4 runs killed at different steps; every step that was printed is looked for",
    tests: ["promises/p02_told_is_kept_test.ts"],
    result: "48 of 48 told steps kept",
    misses: "48 and not 10,000; answers of the HTTP API are not among them yet.",
  },
  {
    id: "P3",
    promise:
      "A finished turn is never repeated. A crash costs at most the turn that was running, and it " +
      "is taken up as the same turn.",
    proof:
      "30 kills at random moments of 10-ticket queues with shell tickets and 30 with the real " +
      "Codex (300 each by `deno task battery`), one kill at every durable call, a second one in the " +
      "recovery, and 2,000 simulated lives (100,000 by `deno task simulate`); turns are counted " +
      "outside CAR",
    tests: ["promises/p03_turns_once_test.ts", ...KILLS, DURABLE, "simulation/simulation_test.ts"],
    result:
      "300 kills with shell tickets: 18 turns begun again, all in hand at a kill; 100 with Codex: 2; " +
      "at each of 98 durable calls, and at 33 of them twice: no finished turn again",
    misses: "With Codex 100 random kills were made at the last measurement, not 300.",
  },
  {
    id: "P4",
    promise:
      "When CAR ends, for whatever reason, its agents end within a second: children, grandchildren, " +
      "those in a session of their own, those that ignore signals.",
    proof:
      "kill -9 of CAR in turns that leave 7 daemons each, and at each random kill; processes " +
      "are counted by their marker in /proc",
    tests: ["promises/p04_nothing_left_test.ts", ...KILLS, SIGNALS],
    result:
      "0 left over 400 random kills; gone after 170 ms at the latest, 485 ms on a busy machine",
    misses: "A process that clears its environment and leaves its session, or is started by " +
      "another service (docker, systemd, sudo), is not found. macOS is not tried.",
  },
  {
    id: "P5",
    promise: "After a crash the next start is ready soon and tells the truth.",
    proof: "kill -9 in a turn, 100,000 events in the journal, then `car status` and `car run`",
    tests: ["promises/p05_ready_and_true_test.ts", ...KILLS],
    result:
      "recovered 239 to 354 ms after the start; first step after a kill 138 ms (median) and 290 ms " +
      "(worst) with shell tickets, 170 and 346 ms with Codex; 783 ms on a busy machine",
    misses: "Not measured with a hub of 100 repos yet.",
  },
  {
    id: "P6",
    promise: "One owner per repo. A stale lock never blocks, a live one always does, and says who.",
    proof:
      "20 starters at once, 2 rounds; 5 stale lock texts (reused pid, own pid, empty, binary, " +
      "torn); a copied repo folder",
    tests: ["promises/p06_one_owner_test.ts"],
    result: "exactly 1 of 20 in each round; 0 refusals by stale locks",
    misses:
      "All 20 starters of one machine were answered after 1.0 to 3.2 s, not 1 s: 2 processors start " +
      "20 programs one after the other.",
  },
  {
    id: "P7",
    promise: "`car kill` ends a run now, `car stop` ends it politely; both wait until it is true.",
    proof: "agents that are deaf, stopped and forking, each with both commands",
    tests: ["promises/p07_stop_and_kill_test.ts"],
    result: "kill 111 to 334 ms; stop 218 to 5,394 ms; 0 processes left",
    misses: "",
  },
  {
    id: "P8",
    promise:
      "SIGTERM, SIGINT and SIGHUP drain: no new turn, the journal written, exit 143, 130, 129. A " +
      "second signal is at once.",
    proof: "each signal under an agent that never stops printing; a deaf agent; a second SIGINT",
    tests: ["promises/p08_signals_drain_test.ts", SIGNALS],
    result: "51 to 211 ms; deaf agent 5,084 ms; second signal 61 to 105 ms",
    misses: "3 rounds and not 50; no SSE clients yet.",
  },
  {
    id: "P9",
    promise: "No ticket can take CAR down with it again and again.",
    proof: "a ticket that kills CAR each time it runs",
    tests: ["promises/p09_poison_ticket_test.ts"],
    result: "parked at the start after the third death, with the reason, under one turn id",
    misses: "Restarts by a hub do not exist yet.",
  },
  {
    id: "P10",
    promise: "Every wait has an end, and the pause that follows says which wait it was.",
    proof:
      "5 kinds of hang: turn, check, an agent that says nothing, one that does not listen, a " +
      "model that never answers",
    tests: ["promises/p10_every_wait_ends_test.ts"],
    result: "5 of 5 paused with the setting's name",
    misses:
      "5 kinds and not 12. An agent that does not answer its first message is given up after " +
      "the adapter's own time, not after limits.silence_seconds.",
  },
  {
    id: "P11",
    promise: "Memory is bounded, whatever an agent prints.",
    proof:
      "200 MiB each of one line, of lines, and of bytes that are no text; the peak of CAR's memory " +
      "is read; 1,000 MiB each by hand",
    tests: ["promises/p11_memory_bounded_test.ts"],
    result: "grew by 28 to 70 MiB at 200 MiB, by 54 to 82 MiB at 1,000 MiB: bounded",
    misses:
      "64 MiB were promised and are not kept each time: the collector's moment decides. The test " +
      "fails at 100. A million events are tried beside the adapters, not here.",
  },
  {
    id: "P12",
    promise: "Garbage from an agent ends that turn, with evidence, and nothing else.",
    proof:
      "6 programs in Codex's place that print 400 frames of garbage each and end, fail or hang",
    tests: ["promises/p12_garbage_ends_the_turn_test.ts"],
    result: "6 of 6 paused with a reason; 0 stack traces, 0 processes left",
    misses: "2,400 frames and not 10,000.",
  },
  {
    id: "P13",
    promise: "On a full disk CAR says so, waits, and goes on when there is room.",
    proof:
      "a turn that fills a small disk of its own under the state folder, 2 cycles; a full disk " +
      "and a disk error injected at every durable call of a run",
    tests: ["promises/p13_full_disk_test.ts", DURABLE],
    result:
      "said after 174 to 500 ms with the path; through 2.8 to 3.0 s after there was room, 10.5 to " +
      "12.2 s with the built-in wait before a turn is tried again; 0 lost",
    misses:
      "Needs root, else it is skipped. A disk that turns read-only and a lack of descriptors " +
      "are not tried.",
  },
  {
    id: "P14",
    promise: "The clock may jump: no wait ends early or late by it.",
    proof: "turns under a wall clock that jumps two days at each look; a pause of 20 s while the " +
      "clock is set a day ahead and a day back",
    tests: ["promises/p14_clock_jumps_test.ts", "simulation/simulation_test.ts"],
    result: "0 early, 0 late",
    misses: "A quota that is back at an hour of the day follows the wall clock, within 30 s.",
  },
  {
    id: "P15",
    promise: "Damaged state is set aside and named, never overwritten, never silently empty.",
    proof: "8 mutilations of flows.db and meta.json, then `car run`",
    tests: ["promises/p15_damage_set_aside_test.ts"],
    result: "6 of 6 hurt journals kept byte for byte and named; 2 of 2 hurt witnesses made again " +
      "with the history kept; tickets untouched",
    misses:
      "After an end in order a journal with spoilt pages is noticed when they are read, not " +
      "before.",
  },
  {
    id: "P16",
    promise: "A bad ticket is an error message, not an outage.",
    proof:
      "14 bad tickets in a run, 100,000 keys and bytes that are no text among them; a larger " +
      "corpus beside the parser",
    tests: ["promises/p16_bad_tickets_test.ts"],
    result: "14 of 14 paused with file and reason; 0 bytes changed, 0 agents started",
    misses: "",
  },
  {
    id: "P17",
    promise:
      "Git in any state has a defined answer; CAR never loses a commit or an uncommitted line.",
    proof: "20 states (no commit, detached, merge, rebase, locks, hooks, no name, bare, broken, " +
      "nested, ...), then `car run`; hashes of all files before and after",
    tests: ["promises/p17_git_states_test.ts"],
    result: "20 of 20 answered as the table says; 0 lost",
    misses: "Only `car run`: stop and the clean-up of worktrees are not in the table.",
  },
];
