/** Containers as the box of a process room: one for each process, ended with it, found again by labels. */

import { visible } from "../../base/display.ts";
import { CarError } from "../../base/errors.ts";
import type { ContainerDestination } from "../../control/destination.ts";
import type { Box, BoxEnding, Marks, RunTool } from "../process/box.ts";
import type { SpawnSpec } from "../process/child.ts";
import { type Environment, isHarmless, type Marker, MARKERS } from "../process/environment.ts";
import type { Finished } from "../process/finished.ts";
import type { SweepTarget } from "../process/sweep.ts";
import { containerName, label, placed, type Placement } from "./command.ts";
import { type Engine, ENGINE_INHERITED, ENGINE_WORDS, LIST_WORDS } from "./engine.ts";

/** Longer than any engine takes to list or end some containers; one that hangs shall not hang CAR. */
const ENGINE_MS_MAX = 20_000;
/** Ids are 64 characters: thousands of containers fit. */
const LIST_BYTES_MAX = 1024 * 1024;
/** How much of what an engine complains is told. */
const WORDS_CHARS_MAX = 600;

/** Opened with what is known; `prepare` looks up the rest before the first process. */
export class ContainerBox implements Box {
  readonly ending: BoxEnding;
  #placement: Placement;

  /** @param environment CAR's own. @param placement `hidden` may name files that are not there. */
  constructor(placement: Omit<Placement, "rootless">, environment: Environment) {
    this.#placement = { ...placement, rootless: false };
    const { engine } = placement;
    this.ending = {
      program: engine.program,
      list: LIST_WORDS,
      end: ENGINE_WORDS[engine.kind].end,
      environment: Object.fromEntries(
        Object.entries(environment).filter(([name]) =>
          isHarmless(name) || ENGINE_INHERITED.includes(name)
        ),
      ),
    };
  }

  get engine(): Engine {
    return this.#placement.engine;
  }

  get destination(): ContainerDestination {
    return this.#placement.destination;
  }

  /** Whether the engine runs without root's rights; known after `prepare`. */
  get rootless(): boolean {
    return this.#placement.rootless;
  }

  enter(spec: SpawnSpec, marks: Marks): SpawnSpec {
    // An engine would make a file that is not there, in the repo.
    const hidden = this.#placement.hidden.filter(isThere);
    const { argv, passed } = placed({ ...this.#placement, hidden }, spec, marks);
    const { inherit: _outside, ...rest } = spec;
    return {
      ...rest,
      argv,
      env: passed,
      inherit: [...ENGINE_INHERITED, ...this.#placement.destination.env],
    };
  }

  async sweep(target: SweepTarget, run: RunTool): Promise<number> {
    return await sweepContainers(this.engine, target, run);
  }

  /**
   * Asks the engine what it is, and has a container begin and end.
   * @param options `trial: false` leaves the container out.
   * @throws {CarError} `unavailable` with the engine's own words.
   */
  async prepare(run: RunTool, options: { readonly trial?: boolean } = {}): Promise<void> {
    const { engine } = this.#placement;
    const { words, yes } = ENGINE_WORDS[engine.kind].rootless;
    const told = await ask(engine, words, run);
    if (told.exit.code !== 0) throw unusable(this.#placement, told);
    this.#placement = { ...this.#placement, rootless: yes.test(text(told).trim()) };
    if (options.trial === false) return;
    const spec = { argv: ["/bin/sh", "-c", ":"], cwd: this.#placement.root } as const;
    const { argv: [, ...trial] } = placed({ ...this.#placement, hidden: [] }, spec, {});
    const tried = await ask(engine, trial, run);
    if (tried.exit.code !== 0) throw unusable(this.#placement, tried);
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Ends the containers that a target means. Never throws. @returns How many were found. */
export async function sweepContainers(
  engine: Engine,
  target: SweepTarget,
  run: RunTool,
): Promise<number> {
  const { end } = ENGINE_WORDS[engine.kind];
  try {
    const found = await meant(engine, target, run);
    if (found.length === 0) return 0;
    // The names of those that were there are told.
    return lines(await ask(engine, [...end, ...found], run)).length;
  } catch {
    // No process could be started: the next start sweeps again.
    return 0;
  }
}

async function meant(engine: Engine, target: SweepTarget, run: RunTool) {
  const list = async (...filters: readonly string[]) => {
    const [first = "", ...more] = filters;
    const words = [...LIST_WORDS, first, ...more.flatMap((filter) => ["--filter", filter])];
    return lines(await ask(engine, words, run));
  };
  if ("marker" in target) {
    // One command less for what happens most often.
    if (target.marker === "spawn") return [containerName(target.value)];
    return await list(filter(target.marker, target.value));
  }
  const { root, owner } = target.dead;
  const all = await list(filter("root", root));
  if (all.length === 0) return [];
  const own = await list(filter("root", root), filter("owner", owner));
  return all.filter((id) => !own.includes(id));
}

const filter = (marker: Marker, value: string): string => `label=${label(marker, value)}`;

/**
 * Without marks: the first command of a podman without root's rights leaves a process that all of the
 * person's containers need, and no sweep of CAR's may end that. What is asked ends by its deadline.
 */
const UNMARKED = [
  "/bin/sh",
  "-c",
  `unset ${Object.values(MARKERS).join(" ")}; exec "$0" "$@"`,
] as const;

async function ask(engine: Engine, words: readonly string[], run: RunTool): Promise<Finished> {
  return await run({
    argv: [...UNMARKED, engine.program, ...words],
    cwd: "/",
    purpose: "tool",
    inherit: ENGINE_INHERITED,
  }, { timeoutMs: ENGINE_MS_MAX, bytesMax: LIST_BYTES_MAX });
}

const text = ({ stdout }: Finished): string => new TextDecoder().decode(stdout);
const lines = (finished: Finished): readonly string[] =>
  text(finished).split("\n").map((line) => line.trim()).filter((line) => line !== "");

interface Advice {
  readonly when: RegExp;
  hint(placement: Placement): string;
}

/** What engines complain of most, and what helps. */
const ADVICE: readonly Advice[] = [
  {
    when: /image not known|no such image|unable to find image/i,
    hint: ({ engine, destination: { from } }) =>
      `CAR fetches no images. Run: ${ENGINE_WORDS[engine.kind].fetch} ${
        from.type === "image" ? from.name : "IMAGE"
      } (or build it).`,
  },
  {
    when: /container-init|catatonit/i,
    hint: () => "Install the package catatonit: podman begins containers with it.",
  },
  {
    when: /cannot connect|permission denied.*\.sock/i,
    hint: ({ engine }) => `Start ${engine.kind}'s service, or become one of its users.`,
  },
  {
    when: /rlimit|ulimit/i,
    hint: () => 'Set destination.options.ulimit, e.g. ["nofile=1024:1024", "nproc=1024:1024"].',
  },
  {
    when: /cgroup/i,
    hint: () => "Set destination.options.cgroups to disabled, or choose another runtime there.",
  },
  {
    when: /\/bin\/sh/,
    hint: () => "The image or rootfs must have a shell at /bin/sh: checks are run by it.",
  },
];

function unusable(placement: Placement, { exit, timedOut }: Finished): CarError {
  const { engine } = placement;
  const said = visible(exit.stderrTail).trim().slice(-WORDS_CHARS_MAX);
  const why = timedOut ? `no answer in ${ENGINE_MS_MAX / 1000} seconds` : said;
  const hint = ADVICE.find(({ when }) => when.test(said))?.hint(placement) ??
    "Mend what it names, or set destination.kind to local.";
  return new CarError(
    "unavailable",
    `${engine.kind} cannot run a container for this repo: ${why || `exit code ${exit.code}`}`,
    { hint },
  );
}
