/** From a manifest's text to its entries: each key judged, every problem with its line. No I/O. */

import { closest } from "../base/suggest.ts";
import { shown } from "./config_decode.ts";
import {
  parseConfig,
  plain,
  PROBLEMS_MAX,
  type SourceEntry,
  type SourceNode,
} from "./config_source.ts";
import {
  MANIFEST_VERSION,
  MANIFEST_VERSIONS,
  type ManifestRepo,
  pathInHub,
  slug,
} from "./manifest.ts";
import { EntryReading, lineOf, type Report } from "./manifest_entry.ts";

/** One thing wrong with a manifest. */
export interface ManifestProblem {
  /** Relative to the hub. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** `repos[2].path`; null when the file as a whole is meant. */
  readonly key: string | null;
  /** What was found and what is allowed, in one or two sentences. */
  readonly message: string;
}

export interface DecodedManifest {
  readonly version: number;
  /** The entries without a problem. */
  readonly repos: readonly ManifestRepo[];
  readonly problems: readonly ManifestProblem[];
  /** The whole file as plain data; null when it cannot be read as YAML. */
  readonly tree: unknown;
}

/** The parser takes some 10 µs over each of these: 3,000 repos have fewer, a text made to stall CAR more. */
const MARKS_MAX = 40_000;
/** What YAML gives a meaning: brackets, quotes, tags, the ends of lines. */
const MARK = /["'[\]{},!&*|>?#\n]|[-:](?=\s)/g;

function markCount(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(MARK)) count++;
  return count;
}

/**
 * Judges the text of a manifest.
 * @param file Its name in messages. @param hubRoot Absolute; relative paths begin here.
 */
export function decodeManifest(text: string, file: string, hubRoot: string): DecodedManifest {
  const reading = new ManifestReading(file, hubRoot);
  const marks = markCount(text);
  if (marks > MARKS_MAX) {
    const found =
      `There are ${marks} lines, brackets and other signs of YAML; ${MARKS_MAX} are allowed.`;
    reading.problem(1, null, found);
    return { version: MANIFEST_VERSION, repos: [], problems: reading.problems, tree: null };
  }
  const { root, problems } = parseConfig(text, file);
  for (const { at, key, message } of problems) {
    reading.problem(at.type === "file" ? at.line : 1, key, message);
  }
  if (root === null || problems.length > 0) {
    return { version: MANIFEST_VERSION, repos: [], problems: reading.problems, tree: null };
  }
  const { version, repos } = reading.top(root);
  return { version, repos, problems: reading.problems, tree: plain(root) };
}

/** Judges node by node and collects what is wrong. */
class ManifestReading {
  readonly problems: ManifestProblem[] = [];
  /** Of all problems, told or not. */
  #count = 0;
  readonly #byId = new Map<string, ManifestRepo>();
  readonly #byRoot = new Map<string, ManifestRepo>();
  readonly #file: string;
  readonly #hubRoot: string;

  constructor(file: string, hubRoot: string) {
    this.#file = file;
    this.#hubRoot = hubRoot;
  }

  readonly problem: Report = (line, key, message) => {
    this.#count++;
    if (this.problems.length < PROBLEMS_MAX) {
      this.problems.push({ file: this.#file, line, key, message });
    }
  };

  top(root: SourceNode): { version: number; repos: readonly ManifestRepo[] } {
    if (root.type === "value") {
      if (root.value !== null) {
        this.problem(lineOf(root), null, `Keys are allowed here; found ${shown(root.value)}.`);
      }
      return { version: MANIFEST_VERSION, repos: [] };
    }
    const entryOf = (name: string) => root.entries.find((entry) => entry.name === name);
    const list = entryOf("repos");
    if (list === undefined) this.#suggest(root.entries);
    return {
      version: this.#version(entryOf("version")),
      repos: list === undefined ? [] : this.#repos(list),
    };
  }

  /** A list under a mistyped name would read as no list at all. */
  #suggest(entries: readonly SourceEntry[]): void {
    const near = entries.find((entry) => closest(entry.name, ["repos"]) !== undefined);
    if (near !== undefined) {
      this.problem(lineOf(near), near.name, 'This key means nothing here. Did you mean "repos"?');
    }
  }

  #version(entry: SourceEntry | undefined): number {
    const found = entry === undefined ? MANIFEST_VERSION : plain(entry.node);
    const known = MANIFEST_VERSIONS.find((version) => version === found);
    if (known === undefined && entry !== undefined) {
      const newer = typeof found === "number" && found > MANIFEST_VERSION
        ? " It is the file of a newer CAR."
        : "";
      const message = `Found ${shown(found)}; allowed: ${MANIFEST_VERSIONS.join(", ")}.${newer}`;
      this.problem(lineOf(entry.node), "version", message);
    }
    return known ?? MANIFEST_VERSION;
  }

  #repos({ node }: SourceEntry): readonly ManifestRepo[] {
    if (node.type === "value" && node.value === null) return [];
    if (node.type !== "value" || node.items === undefined) {
      this.problem(lineOf(node), "repos", "A list of repos is allowed here.");
      return [];
    }
    const repos: ManifestRepo[] = [];
    node.items.forEach((item, index) => {
      const before = this.#count;
      const repo = this.#repo(item, `repos[${index}]`);
      if (repo === undefined || this.#count > before) return;
      repos.push(repo);
      this.#byId.set(repo.id, repo);
      this.#byRoot.set(repo.root, repo);
    });
    return repos;
  }

  #repo(item: SourceNode, key: string): ManifestRepo | undefined {
    if (item.type === "value") {
      return this.problem(lineOf(item), key, "An entry is keys with values: id, path and more.");
    }
    const entry = new EntryReading(this.problem, item, key);
    const root = entry.root(this.#hubRoot);
    if (root === undefined) return undefined;
    const name = root.slice(root.lastIndexOf("/") + 1);
    const id = entry.id() ?? slug(name);
    const repo: ManifestRepo = {
      id,
      path: pathInHub(this.#hubRoot, root),
      root,
      displayName: entry.text("display_name") ?? name,
      enabled: entry.switch("enabled"),
      autoRun: entry.switch("auto_run"),
      kind: entry.kind(),
      worktreeOf: entry.text("worktree_of"),
      branch: entry.text("branch"),
      setup: entry.setup(),
      destination: entry.destination(),
      line: lineOf(item),
    };
    this.#compare(repo, entry);
    return repo;
  }

  #compare(repo: ManifestRepo, entry: EntryReading): void {
    const twin = this.#byId.get(repo.id);
    if (twin !== undefined) {
      const message = `"${repo.id}" stands twice; the first time in line ${twin.line}.`;
      entry.problem("id", `${message} An id belongs to one entry.`);
    }
    const same = this.#byRoot.get(repo.root);
    if (same !== undefined) {
      const message = `"${repo.path}" is the folder of "${same.id}" too (line ${same.line}).`;
      entry.problem("path", `${message} A folder has one entry.`);
    }
    if (repo.worktreeOf === repo.id) {
      entry.problem(
        "worktree_of",
        "A repo is no worktree of itself; the id of its base is allowed.",
      );
    }
  }
}
