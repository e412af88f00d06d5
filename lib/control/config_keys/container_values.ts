/** The forms that values of a container take: mounts, names of variables, options of its engine. */

import { type Key, key } from "./row.ts";
import { CONTROL, isEnvName, plainText } from "./scalars.ts";

/** A folder or file of this machine that a container sees. */
export interface Mount {
  /** Absolute, relative to the repo, or below the person's home with `~/`. */
  readonly source: string;
  /** Absolute, inside. */
  readonly target: string;
  readonly readOnly: boolean;
}

/** A text of a certain form. */
export function pattern(
  form: RegExp,
  allowed: string,
  meaning: string,
  value = "",
): Key<string> {
  const decode = (found: unknown) =>
    typeof found === "string" && form.test(found) ? found : undefined;
  return key({ kind: "string", default: value, allowed, meaning, decode });
}

export function variables(meaning: string): Key<readonly string[]> {
  return key<readonly string[]>({
    kind: "list",
    default: [],
    allowed: "a list of names of environment variables, e.g. [OPENAI_API_KEY]",
    meaning,
    decode: (found) => Array.isArray(found) && found.every(isEnvName) ? found : undefined,
  });
}

const MOUNT_KEYS: readonly string[] = ["source", "target", "read_only"];

/** `{source, target, read_only}`, or as the engines write it: `source:target` and `:ro`. */
export function mounts(meaning: string): Key<readonly Mount[]> {
  return key<readonly Mount[]>({
    kind: "list",
    default: [],
    allowed: 'a list of {source: PATH, target: PATH, read_only: true}, or of "SOURCE:TARGET:ro"; ' +
      "target is absolute, and that of source when left out",
    meaning,
    decode: (found) => everyOf(found, (item) => isMount(item) ? item : mount(item)),
  });
}

function mount(found: unknown): Mount | undefined {
  if (typeof found === "string") return mountInWords(found);
  if (!isRecord(found) || Object.keys(found).some((name) => !MOUNT_KEYS.includes(name))) {
    return undefined;
  }
  const readOnly = found["read_only"] ?? false;
  return typeof readOnly === "boolean"
    ? checked(found["source"], found["target"] ?? found["source"], readOnly)
    : undefined;
}

function mountInWords(text: string): Mount | undefined {
  const [source, target = source, mode = "rw", ...more] = text.split(":");
  if (more.length > 0 || (mode !== "ro" && mode !== "rw")) return undefined;
  return checked(source, target, mode === "ro");
}

function checked(source: unknown, target: unknown, readOnly: boolean): Mount | undefined {
  const from = plainText(source);
  const to = plainText(target);
  if (from === undefined || to === undefined || !isTarget(to)) return undefined;
  return { source: from, target: to, readOnly };
}

/** Never the whole file system: that would hide what is inside. */
const isTarget = (path: string): boolean =>
  path.startsWith("/") && path.replaceAll("/", "") !== "" && !path.split("/").includes("..");

const isMount = (item: unknown): item is Mount => isRecord(item) && "readOnly" in item;

const isRecord = (found: unknown): found is Record<string, unknown> =>
  typeof found === "object" && found !== null && !Array.isArray(found);

/** What an option's value looks like. */
interface EngineOption {
  readonly form: RegExp;
  /** For people. */
  readonly example: string;
}

const SIZE = /^\d{1,15}[bkmgBKMG]?$/;
const NAME = /^[A-Za-z0-9][\w.-]*$/;

/**
 * The options of the engines that a person may add, by name. What would open the container to the
 * machine (`privileged`, `cap-add`, `device`, `pid`, `volume`, ...) is not among them, and what CAR
 * itself says (`name`, `label`, `env`, `rm`, ...) neither.
 */
export const ENGINE_OPTIONS = {
  memory: { form: SIZE, example: "4g" },
  "memory-swap": { form: /^(-1|\d{1,15}[bkmgBKMG]?)$/, example: "4g" },
  cpus: { form: /^\d{1,4}(\.\d{1,3})?$/, example: "2" },
  "cpuset-cpus": { form: /^[\d,-]+$/, example: "0-3" },
  "pids-limit": { form: /^(-1|\d{1,9})$/, example: "1000" },
  "shm-size": { form: SIZE, example: "1g" },
  ulimit: { form: /^[a-z]+=-?\d+(:-?\d+)?$/, example: "nofile=1024:1024" },
  tmpfs: { form: /^\/[^\s,:]+(:[\w=,.-]+)?$/, example: "/tmp:size=1g" },
  "read-only": { form: /^(true|false)$/, example: "true" },
  "add-host": { form: /^[\w.-]+:[\w.:-]+$/, example: "db:10.0.0.5" },
  dns: { form: /^[\da-fA-F.:]+$/, example: "10.0.0.1" },
  hostname: { form: NAME, example: "agent" },
  platform: { form: /^[a-z0-9/_]+$/, example: "linux/amd64" },
  gpus: { form: /^[\w=,-]+$/, example: "all" },
  "cap-drop": { form: /^[A-Za-z_]+$/, example: "ALL" },
  "security-opt": {
    form: /^(no-new-privileges(:true)?|label=disable)$/,
    example: "no-new-privileges",
  },
  userns: { form: /^keep-id$/, example: "keep-id" },
  cgroups: { form: /^(enabled|disabled|no-conmon|split)$/, example: "disabled" },
  runtime: { form: NAME, example: "crun" },
} as const satisfies Record<string, EngineOption>;

export type EngineOptionName = keyof typeof ENGINE_OPTIONS;
export type EngineOptions = Readonly<Partial<Record<EngineOptionName, readonly string[]>>>;

/** Options by name, each with one value or a list. */
export function engineOptions(meaning: string): Key<EngineOptions> {
  const examples = Object.entries(ENGINE_OPTIONS).map(([name, { example }]) =>
    `${name}: ${example}`
  );
  return key<EngineOptions>({
    kind: "map",
    default: {},
    allowed: `{${examples.join(", ")}}, each with one value or a list of them`,
    meaning,
    decode(found) {
      if (!isRecord(found)) return undefined;
      const decoded: Partial<Record<EngineOptionName, readonly string[]>> = {};
      for (const [name, value] of Object.entries(found)) {
        const values = isOption(name) ? optionValues(name, value) : undefined;
        if (!isOption(name) || values === undefined) return undefined;
        decoded[name] = values;
      }
      return decoded;
    },
  });
}

const isOption = (name: string): name is EngineOptionName => Object.hasOwn(ENGINE_OPTIONS, name);

function optionValues(name: EngineOptionName, found: unknown): readonly string[] | undefined {
  const { form } = ENGINE_OPTIONS[name];
  return everyOf(Array.isArray(found) ? found : [found], (item) => {
    if (!["string", "number", "boolean"].includes(typeof item)) return undefined;
    const text = String(item);
    return form.test(text) && !CONTROL.test(text) ? text : undefined;
  });
}

function everyOf<T>(found: unknown, item: (found: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(found)) return undefined;
  const items = found.map(item);
  return items.every((it) => it !== undefined) ? items : undefined;
}
