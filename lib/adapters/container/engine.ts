/** The container engines: where their program is, and the words in which they differ. */

import { CarError } from "../../base/errors.ts";

export type EngineKind = "podman" | "docker";

export interface Engine {
  readonly kind: EngineKind;
  /** Absolute. */
  readonly program: string;
}

interface EngineWords {
  /** Asks whether it runs without root's rights. */
  readonly rootless: { readonly words: readonly string[]; readonly yes: RegExp };
  /** Ends and removes containers at once; podman alone would wait ten seconds for each. */
  readonly end: readonly string[];
  /** How an image is got; CAR never does it. */
  readonly fetch: string;
  readonly package: string;
}

/** A row an engine, in the order in which `auto` looks for them. */
export const ENGINE_WORDS = {
  podman: {
    rootless: { words: ["info", "--format", "{{.Host.Security.Rootless}}"], yes: /^true/ },
    end: ["rm", "--force", "--time", "0"],
    fetch: "podman pull",
    package: "podman and catatonit",
  },
  docker: {
    rootless: { words: ["info", "--format", "{{json .SecurityOptions}}"], yes: /name=rootless/ },
    end: ["rm", "--force"],
    fetch: "docker pull",
    package: "Docker",
  },
} as const satisfies Record<EngineKind, EngineWords>;

/** Lists containers, one id a line; the next word is a filter. */
export const LIST_WORDS = ["ps", "--all", "--quiet", "--no-trunc", "--filter"] as const;

export const ENGINE_KINDS = Object.keys(ENGINE_WORDS) as readonly EngineKind[];

/**
 * Names of variables by which a person steers an engine's program; those that every child gets (HOME,
 * XDG_*) aside.
 */
export const ENGINE_INHERITED: readonly string[] = [
  "CONTAINERS_CONF",
  "CONTAINERS_STORAGE_CONF",
  "CONTAINER_CONNECTION",
  "CONTAINER_HOST",
  "CONTAINER_SSHKEY",
  "DBUS_SESSION_BUS_ADDRESS",
  "DOCKER_CERT_PATH",
  "DOCKER_CONFIG",
  "DOCKER_CONTEXT",
  "DOCKER_HOST",
  "DOCKER_TLS_VERIFY",
];

/**
 * The engine's program on a PATH.
 * @throws {CarError} `unavailable` when there is none.
 */
export function findEngine(wanted: EngineKind | "auto", path: string): Engine {
  const kinds = wanted === "auto" ? ENGINE_KINDS : [wanted];
  for (const kind of kinds) {
    const program = onPath(kind, path);
    if (program !== null) return { kind, program };
  }
  const names = kinds.join(" or ");
  throw new CarError("unavailable", `The container engine ${names} was not found on PATH.`, {
    hint: `Install ${kinds.map((kind) => ENGINE_WORDS[kind].package).join(", or ")}, ` +
      "or set destination.kind to local.",
  });
}

function onPath(name: string, path: string): string | null {
  for (const folder of path.split(":").filter((it) => it.startsWith("/"))) {
    try {
      const { isFile, mode } = Deno.statSync(`${folder}/${name}`);
      if (isFile && ((mode ?? 0) & 0o111) !== 0) return `${folder}/${name}`;
    } catch {
      // Not there, or not for us to see.
    }
  }
  return null;
}
