/** A place other than the machine itself in which a room's processes run, such as a container. */

import type { Purpose, SpawnSpec } from "./child.ts";
import type { Environment, Marker } from "./environment.ts";
import type { Finished, RunOptions } from "./finished.ts";
import type { SweepTarget } from "./sweep.ts";

/** The markers of one process, with their values. */
export type Marks = Readonly<Partial<Record<Marker, string>>>;

/** What belongs to an agent runs inside; CAR's own tools and people stay outside. */
export const RUNS_INSIDE = {
  agent: true,
  check: true,
  setup: true,
  git: false,
  tool: false,
  // A person's own, on the person's machine.
  terminal: false,
} as const satisfies Record<Purpose, boolean>;

/** Starts a tool outside and waits for its end. */
export type RunTool = (spec: SpawnSpec, options: RunOptions) => Promise<Finished>;

/** A command that ends all of an owner's boxes: for the shell that outlives CAR. */
export interface BoxEnding {
  readonly program: string;
  /** Words that list an owner's boxes, one id a line; `label=OWNER` is added. */
  readonly list: readonly string[];
  /** Words that end those whose ids are added. */
  readonly end: readonly string[];
  /** What the program needs of CAR's environment. */
  readonly environment: Environment;
}

export interface Box {
  /** What is started outside so that this runs inside. */
  enter(spec: SpawnSpec, marks: Marks): SpawnSpec;
  /** Ends every box that the target means. Never throws. @returns How many were found. */
  sweep(target: SweepTarget, run: RunTool): Promise<number>;
  readonly ending: BoxEnding;
}
