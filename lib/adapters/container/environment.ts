/** Which variables a program inside a container gets, and how they get there without being seen outside. */

import { type Environment, isHarmless, type Marker, MARKERS } from "../process/environment.ts";
import type { Marks } from "../process/box.ts";

/**
 * Names that would steer the engine's own program, or the loader that starts it: their values are given
 * as words of its command line and never as its environment, since agents may choose them.
 */
const STEERS =
  /^(_|LD_|DYLD_|GCONV|LOCPATH|MALLOC_|GODEBUG|GOTRACEBACK|GOMAXPROCS|GOGC|GOMEMLIMIT|GOCOVERDIR|GORACE|DOCKER|CONTAINER|PODMAN|BUILDAH|BUILDKIT|COMPOSE|STORAGE|REGISTRY|REGISTRIES|NETAVARK|CNI|CONMON|CRUN|RUNC|OCI|NOTIFY_|LISTEN_|DBUS_|SSL|TMP|TEMP|RES_OPTIONS|HOSTALIASES|LOCALDOMAIN)/;

export interface EnvironmentWords {
  /** Words of the engine's command line. */
  readonly words: readonly string[];
  /** What the engine's program needs in its own environment to pass on by name. */
  readonly passed: Environment;
}

const isSteering = (name: string): boolean => isHarmless(name) || STEERS.test(name);

/**
 * @param given What CAR and the config give the program, values included.
 * @param allowed Names of CAR's own environment that may be seen inside.
 */
export function environmentWords(
  given: Environment,
  marks: Marks,
  allowed: readonly string[],
): EnvironmentWords {
  const marked = Object.keys(marks).map((mark) => MARKERS[mark as Marker]);
  const own = Object.entries(given).filter(([name]) => !marked.some((mark) => mark === name));
  const byName = own.filter(([name]) => !isSteering(name));
  const byValue = own.filter(([name]) => isSteering(name));
  const names = new Set([...marked, ...byName.map(([name]) => name), ...allowed]);
  for (const [name] of byValue) names.delete(name);
  return {
    words: [
      ...[...names].flatMap((name) => ["--env", name]),
      ...byValue.flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ],
    passed: Object.fromEntries(byName),
  };
}
