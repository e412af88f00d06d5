/** Who may import whom, as a table, and the deciders over the list of imports. No I/O here. */

/** One import of one file. `to` is a path from the root, or `npm:...` or `node:...` as resolved. */
export interface ImportEdge {
  readonly from: string;
  readonly to: string;
  /** As written in the file, for the message. */
  readonly specifier: string;
  /** A `type` import is gone at run time; a `lazy` one is loaded when it is reached. */
  readonly kind: "value" | "type" | "lazy";
}

interface Layer {
  /** Folders this one may import from besides itself. */
  readonly may: readonly string[];
  /** Folders it may import types from. */
  readonly mayTypes?: readonly string[];
  /** Beginnings of what it may import from outside this repository; all of it when absent. */
  readonly outside?: readonly string[];
  readonly reason: string;
}

/** The layers of the code below the surfaces, in the order they stand on each other. */
const CORE = ["lib/base", "lib/engine", "lib/control"];

/** A `*` stands for one folder name. The longest matching row counts. */
export const LAYERS = {
  "lib/base": {
    may: [],
    reason: "it knows no word of the product; a domain word here belongs to lib/engine",
  },
  "lib/engine": {
    may: ["lib/base"],
    outside: [],
    reason: "it is pure, so that a run replays to the same state",
  },
  "lib/control": {
    may: ["lib/base", "lib/engine"],
    reason: "files decide; protocols come and go",
  },
  "lib/adapters/wire": {
    may: ["lib/base"],
    reason: "framing has no meaning",
  },
  "lib/adapters/process": {
    may: [...CORE, "lib/adapters/wire"],
    reason: "it spawns programs for the adapters and knows none of them",
  },
  "lib/adapters/*": {
    may: [...CORE, "lib/adapters/wire", "lib/adapters/process"],
    reason: "an adapter must go away with its folder and one row in lib/hub/agents.ts",
  },
  "lib/hub": {
    may: [...CORE, "lib/adapters/*"],
    reason: "it is the running system; surfaces are built on it, never the other way round",
  },
  "lib/bots": {
    may: ["lib/base", "lib/engine", "lib/hub", "lib/adapters/telegram", "lib/adapters/discord"],
    reason: "a bot owns no state and binds only to its transport",
  },
  "lib/cli": {
    may: [...CORE, "lib/hub"],
    mayTypes: ["routes"],
    reason: "a command asks the hub; it holds no protocol of its own",
  },
  "lib/cli/confined_worker.ts": {
    may: ["lib/*", "routes"],
    reason: "it puts a restricted start together, as main.ts does the others",
  },
  "routes": {
    may: [...CORE, "lib/hub", "islands"],
    reason: "a handler asks the hub and the files; it holds no protocol of an agent",
  },
  "islands": {
    may: ["lib/base", "lib/engine"],
    mayTypes: ["routes", "lib/hub", "lib/control"],
    reason: "it runs in a browser; of what runs on the server it knows the shapes",
  },
  "main.ts": {
    may: ["lib/*", "lib/adapters/*", "routes"],
    reason: "it puts the program together and ships with nothing of scripts or tests",
  },
  "scripts": {
    may: ["lib/*", "lib/adapters/*", "routes", "islands", "tests", "main.ts"],
    reason: "a script may use all of it; nothing that ships uses a script",
  },
  "tests": {
    may: ["lib/*", "lib/adapters/*", "routes", "islands", "scripts"],
    reason: "a test may use all of it; nothing that ships uses a test",
  },
} as const satisfies Record<string, Layer>;

/** What a `_test.ts` beside its module may import on top of its folder's row. */
const TESTS_MAY = ["tests", "scripts"];

/** The modules that open CAR's databases; everyone else goes through them. */
export const DATABASE_OWNERS = [
  "lib/control/sqlite.ts",
  "lib/control/journal.ts",
  "lib/control/orchestration.ts",
  "lib/control/views.ts",
  "lib/control/journal/",
];

const isTest = (path: string): boolean => /_test\.tsx?$/.test(path);

function matches(row: string, path: string): boolean {
  const want = row.split("/");
  const have = path.split("/");
  return have.length >= want.length &&
    want.every((part, at) => part === have[at] || (part === "*" && at < have.length - 1));
}

/** The table's row for a file, or undefined for a file no row covers. */
export function layerOf(path: string): keyof typeof LAYERS | undefined {
  const rows = Object.keys(LAYERS) as (keyof typeof LAYERS)[];
  return rows.filter((row) => matches(row, path))
    .sort((a, b) =>
      b.split("/").length - a.split("/").length || a.indexOf("*") - b.indexOf("*")
    )[0];
}

/** The folder a path stands for in messages: `lib/adapters/codex` where the row is a pattern. */
function folderOf(path: string): string {
  const row = layerOf(path);
  if (row === undefined) return path;
  return path.split("/").slice(0, row.split("/").length).join("/");
}

function mayImport(edge: ImportEdge, layer: Layer): boolean {
  const allowed = [
    ...layer.may,
    ...(edge.kind === "type" ? layer.mayTypes ?? [] : []),
    ...(isTest(edge.from) ? TESTS_MAY : []),
  ];
  const target = folderOf(edge.to);
  return target === folderOf(edge.from) || allowed.some((row) => matchesFolder(row, target));
}

function matchesFolder(row: string, folder: string): boolean {
  const want = row.split("/");
  const have = folder.split("/");
  return want.length === have.length && want.every((part, at) => part === "*" || part === have[at]);
}

function faultOfOutside(edge: ImportEdge, layer: Layer): string | null {
  if (layer.outside === undefined || isTest(edge.from)) return null;
  if (layer.outside.some((start) => edge.to.startsWith(start))) return null;
  return `${edge.from}: ${
    folderOf(edge.from)
  } may not import "${edge.specifier}": ${layer.reason}.`;
}

/** What is wrong with one import, as a sentence, or null. */
export function faultOfImport(edge: ImportEdge): string | null {
  const row = layerOf(edge.from);
  if (row === undefined) {
    return `${edge.from}: its folder has no row in scripts/import_rules.ts; add one with its reason.`;
  }
  const layer: Layer = LAYERS[row];
  if (/^[a-z]+:/.test(edge.to)) {
    return faultOfOutside(edge, layer) ?? faultOfDatabase(edge);
  }
  if (mayImport(edge, layer)) return null;
  return `${edge.from}: ${folderOf(edge.from)} may not import ${folderOf(edge.to)} ` +
    `("${edge.specifier}"): ${layer.reason}.`;
}

function faultOfDatabase(edge: ImportEdge): string | null {
  if (edge.to !== "node:sqlite" || edge.kind === "type" || isTest(edge.from)) return null;
  if (!/^(lib|routes|islands|main\.ts)/.test(edge.from)) return null;
  if (DATABASE_OWNERS.some((owner) => edge.from.startsWith(owner))) return null;
  return `${edge.from}: only ${DATABASE_OWNERS.join(", ")} may open a database; ask one of them.`;
}

/** Folders of lib/ without a row of their own, each as a sentence. */
export function faultsOfFolders(folders: readonly string[]): string[] {
  return folders.filter((folder) => layerOf(`${folder}/any.ts`) === undefined).map((folder) =>
    `${folder}: has no row in scripts/import_rules.ts; add one with its reason.`
  );
}

/**
 * Every group of files that import each other in a ring, as the path around it. Lazy imports do
 * not count: they run after both ends are loaded.
 */
export function cyclesIn(edges: readonly ImportEdge[]): string[][] {
  const next = new Map<string, Set<string>>();
  for (const { from, to, kind } of edges) {
    if (kind === "lazy" || /^[a-z]+:/.test(to)) continue;
    next.set(from, (next.get(from) ?? new Set()).add(to));
  }
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      cycles.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const other of next.get(file) ?? []) visit(other);
    path.pop();
    done.add(file);
  };
  for (const file of [...next.keys()].sort()) visit(file);
  return cycles;
}
