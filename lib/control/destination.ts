/** Where a repo's agents and checks run: decoded from the config, or from a repo's entry in the manifest. */

import { builtIns, type Decoding, layOver } from "./config_decode.ts";
import { destination as KEYS, type DestinationSettings } from "./config_keys/destination.ts";
import type { EngineOptions, Mount } from "./config_keys/container_values.ts";
import type { Place, SourceNode } from "./config_source.ts";

export type { Mount };

export type Destination = { readonly kind: "local" } | ContainerDestination;

export interface ContainerDestination {
  readonly kind: "container";
  readonly engine: "auto" | "podman" | "docker";
  /** What the container is made from. */
  readonly from:
    | { readonly type: "image"; readonly name: string }
    /** A path, relative to the repo unless it begins with a slash. */
    | { readonly type: "rootfs"; readonly path: string };
  readonly mounts: readonly Mount[];
  /** Names of variables of CAR's own environment that may be seen inside; never values. */
  readonly env: readonly string[];
  /** Null: where the program would begin outside. */
  readonly workdir: string | null;
  /** Null: the engine's own. */
  readonly network: string | null;
  /** `person`, `image`, or `UID[:GID]`. */
  readonly user: string;
  readonly options: EngineOptions;
}

export const LOCAL: Destination = { kind: "local" };

/** One thing wrong with a destination. */
export interface DestinationProblem {
  /** `destination.image`; `destination` when it is wrong as a whole. */
  readonly key: string;
  /** What was found and what is allowed, in one or two sentences. */
  readonly message: string;
}

export type DecodedDestination =
  | { readonly destination: Destination }
  | { readonly problems: readonly DestinationProblem[] };

const SECTION = "destination";

/**
 * Decodes what stands at `destination:` as plain data: `local`, or a map with the keys of the config's
 * section of that name. Nothing (null, undefined) is local. Two older spellings are read as well:
 * `kind: docker`, and `env_passthrough` for `env`.
 */
export function decodeDestination(value: unknown): DecodedDestination {
  if (value === null || value === undefined || value === "local") return { destination: LOCAL };
  const decoding: Decoding = {
    values: builtIns({ [SECTION]: KEYS }),
    origins: new Map(),
    problems: [],
  };
  const entries = [{ name: SECTION, at: NOWHERE, node: sourceOf(inTodaysWords(value)) }];
  layOver(decoding, { [SECTION]: KEYS }, { type: "map", at: NOWHERE, entries });
  if (decoding.problems.length > 0) {
    return {
      problems: decoding.problems.map(({ key, message }) => ({ key: key ?? SECTION, message })),
    };
  }
  // The table the values were decoded with is the one their type is made from.
  return destinationOf(decoding.values[SECTION] as unknown as DestinationSettings);
}

/** The destination that settings mean, each key by itself being right already. */
export function destinationOf(settings: DestinationSettings): DecodedDestination {
  if (settings.kind === "local") return { destination: LOCAL };
  const { kind, engine, image, rootfs, ...rest } = settings;
  if (image !== null && rootfs !== null) {
    return wrong(
      "rootfs",
      "Image and rootfs are both given; a container is made from one of them.",
    );
  }
  if (rootfs !== null && engine === "docker") {
    return wrong("rootfs", "Docker cannot use a folder as rootfs; allowed with engine podman.");
  }
  const from = image !== null
    ? { type: "image" as const, name: image }
    : rootfs !== null
    ? { type: "rootfs" as const, path: rootfs }
    : null;
  if (from === null) {
    return wrong("image", "A container is made from an image or a rootfs; neither is given.");
  }
  const { runtime = [], cgroups = [] } = rest.options;
  if (runtime.length > 1 || cgroups.length > 1) {
    return wrong("options", "The options runtime and cgroups take one value each.");
  }
  return { destination: { kind, engine, from, ...rest } };
}

function wrong(key: string, message: string): DecodedDestination {
  return { problems: [{ key: `${SECTION}.${key}`, message }] };
}

/** The manifest says where its entries stand; the places of this tree are never told. */
const NOWHERE: Place = { type: "file", file: "", line: 1 };

function sourceOf(value: unknown): SourceNode {
  if (!isRecord(value)) return { type: "value", at: NOWHERE, value };
  const entries = Object.entries(value).map(([name, it]) => ({
    name,
    at: NOWHERE,
    node: sourceOf(it),
  }));
  return { type: "map", at: NOWHERE, entries };
}

function inTodaysWords(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { env_passthrough: names, ...rest } = value;
  return {
    ...rest,
    ...(rest["kind"] === "docker" && rest["engine"] === undefined ? { engine: "docker" } : {}),
    ...(names !== undefined && rest["env"] === undefined ? { env: names } : {}),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
