/** The promises of CAR about crashes, processes and files: what docs/GUARANTEES.md is made from. */

export interface PromiseRow {
  readonly id: string;
  /** What a person may rely on. */
  readonly promise: string;
  /** How it is tested, with the count of the tests. */
  readonly proof: string;
  /** Files below tests/. The first one carries the promise's name. None: what it is about is not there yet. */
  readonly tests: readonly string[];
  /** What was measured last, on the machine that the page names. Empty where there are no tests. */
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
    misses:
      "With a hub of 100 repos the first answer is timed after an end in order, by the benchmarks.",
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
  {
    id: "P18",
    promise: "A message CAR decided to send arrives; after a crash at worst once more.",
    proof: "",
    tests: [],
    result: "",
    misses: "CAR has no bots yet, and sends no messages.",
  },
  {
    id: "P19",
    promise: "A message to CAR acts once.",
    proof: "",
    tests: [],
    result: "",
    misses: "CAR has no bots yet, and receives no messages.",
  },
  {
    id: "P20",
    promise:
      "Nobody outside the list can make CAR act or speak, by any kind of message. No list, no bot.",
    proof: "",
    tests: [],
    result: "",
    misses: "CAR has no bots yet.",
  },
  {
    id: "P21",
    promise: "No web page but CAR's own can use CAR.",
    proof:
      "every host with every origin on reading, writing, a form's write and a websocket, with " +
      "and without the token; the same decision for every pair beside its module",
    tests: ["promises/p21_own_page_only_test.ts", "http/security_test.ts"],
    result: "720 calls: 0 effects, 0 readable bytes, no header that lets other pages in",
    misses: "The calls are made over plain connections as browsers make them, not by a browser.",
  },
  {
    id: "P22",
    promise: "Without the token only `/health` answers, with nothing in it.",
    proof: "every route of the OpenAPI document and unknown addresses, in both modes",
    tests: ["promises/p22_token_first_test.ts", "http/document_test.ts"],
    result: "401 for all; `/health` tells version, mode and since when",
    misses:
      "The empty page of a single repo carries the name of the repo's folder. Assets and empty " +
      "pages answer too.",
  },
  {
    id: "P23",
    promise: "The terminal opens only for a person who asked in this browser just now.",
    proof:
      "100 attempts without a ticket, with a spent one, one of another address, from other pages",
    tests: ["promises/p23_terminal_by_ticket_test.ts", "http/security_test.ts"],
    result: "0 terminals, 0 processes; a ticket is good once, for one address",
    misses:
      "That a ticket ends after 30 s is tried beside its module, with a clock of its own. A " +
      "ticket is bound to its address, not to a browser.",
  },
  {
    id: "P24",
    promise: "Text from agents, tickets, git and chat is text.",
    proof:
      "9 terminal and direction payloads in tickets, output and a branch, through 7 commands; " +
      "markup, scripts and links through 10 pages in Chromium, with a canary that hears requests",
    tests: ["promises/p24_text_is_text_test.ts", "pages/hostile_text_test.ts"],
    result: "0 live characters, 0 scripts, 0 requests",
    misses:
      "`car ticket show` into a pipe hands the file on byte for byte. Fewer than 60 payloads x " +
      "12 places; there is no voice and no bot.",
  },
  {
    id: "P25",
    promise: "A path given to CAR stays inside its root.",
    proof: "37 spellings in every parameter of every route; a ticket and a document that become " +
      "links out of the repo 250 times each while they are read",
    tests: ["promises/p25_paths_stay_inside_test.ts", "http/security_test.ts"],
    result: "0 bytes from outside in about 900 reads",
    misses:
      "Whole files of a repo (evidence, files of a turn) are looked at before they are opened " +
      "and not after; a swap at that moment is not tried.",
  },
  {
    id: "P26",
    promise: "Secrets do not reach disk, logs, journal, prompts, chat or the page.",
    proof:
      "three secrets printed whole, in two pieces, on stderr, in base64 at two alignments and " +
      "URL-encoded, by a run of a hub; state, stream, answers and output are searched",
    tests: ["promises/p26_secrets_stay_out_test.ts", "safe/secrets_test.ts"],
    result: "0 found but in the config and its copy; databases, token and copy 0600",
    misses:
      "A plain value in a repo's config is in the guard's copy of the config too (0600), and in the " +
      "page of the settings; journals of older CARs keep what they have. Up to three letters of a " +
      "secret are told live when an agent stops in it for 100 ms.",
  },
  {
    id: "P27",
    promise: "Looking at a repo does not run its code.",
    proof: "16 programs planted in git's settings, hooks and attributes, then 12 commands and 3 " +
      "addresses; each of 13 by itself beside the git adapter",
    tests: ["promises/p27_looking_runs_nothing_test.ts"],
    result: "0 runs",
    misses: "",
  },
  {
    id: "P28",
    promise: "In safe mode an agent gets nothing through CAR that its sandbox refuses.",
    proof:
      "8 escapes by tickets, checks, config and approvals; hooks and git settings; the terminal " +
      "and a run through the served API",
    tests: ["promises/p28_safe_is_safe_test.ts", "safe/approvals_test.ts", "safe/run_test.ts"],
    result: "0 of 10 came through",
    misses: "An artifact that is a link, a template and an MCP server are not tried.",
  },
  {
    id: "P29",
    promise: "Pressure on the port does not stop the work.",
    proof: "a run under 600 idle, slow and unread connections; 300 connections to a CAR with 160 " +
      "descriptors",
    tests: ["promises/p29_pressure_test.ts", "http/pressure_test.ts"],
    result: "the run ends as ever; `/health` answers after relief",
    misses: "600 connections and not 1,000; `/health` is waited for, not timed.",
  },
  {
    id: "P30",
    promise: "A reconnecting page misses nothing.",
    proof:
      "50 cuts at random places in 5,000 events of a journal; 100 cuts of a stream while its run " +
      "is worked",
    tests: ["promises/p30_cut_streams_test.ts", "http/stream_test.ts"],
    result: "0 gaps, 0 repeats",
    misses: "5,000 events and not 10,000.",
  },
  {
    id: "P31",
    promise: "Upgrading keeps, downgrading refuses.",
    proof: "journal, config and list of a newer CAR, with run, resume and the commands of a hub",
    tests: ["promises/p31_newer_state_test.ts"],
    result: "refused with exit 1 and what to do, 0 bytes changed",
    misses:
      "This is the first release: no older state of CAR's own is there to be kept. Older lists " +
      "of hubs (versions 1 and 2) are read.",
  },
  {
    id: "P32",
    promise: "It can be left alone.",
    proof:
      "three rounds of 5 runs in one hub; descriptors, children and zombies are counted after " +
      "each. By `deno task bench`: 100 repos worked, 20 at once",
    tests: ["promises/p32_left_alone_test.ts"],
    result: "as many descriptors after the third round as after the first, 0 zombies",
    misses: "Minutes and not eight hours; no faults meanwhile.",
  },
  {
    id: "P33",
    promise: "Afterwards you can tell who did what.",
    proof:
      "100 actions over HTTP, done and refused, of three callers and a stranger, with line ends in " +
      "names and paths",
    tests: ["promises/p33_who_did_what_test.ts"],
    result: "101 of 101 in the audit log, each on one line",
    misses:
      "What the command line does to files by itself is in the journal and in git, not in this " +
      "log.",
  },
];
