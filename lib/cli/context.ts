/** Where a command works: the repo or hub a person stands in, or a clear word why there is none. */

import { asCarError, CarError, notAllowed } from "../base/errors.ts";
import { isRepoId } from "../control/manifest.ts";
import {
  findHubAbove,
  findRoot,
  type FoundRoot,
  type HubPaths,
  hubPaths,
  type RepoPaths,
  repoPaths,
} from "../control/roots.ts";
import { shellWord, withRepo } from "../engine/command_words.ts";

/** Where a command works. `either`: in a repo or a hub. `any`: also where there is no CAR yet. */
export type CommandMode = "repo" | "hub" | "either" | "any";

export type Place =
  | { readonly type: "repo"; readonly paths: RepoPaths }
  | { readonly type: "hub"; readonly paths: HubPaths };

/** What the command line says of the place. */
export interface Asked {
  readonly cwd: string;
  /** With --repo: a folder, or the id of a repo in the hub one stands in. */
  readonly named: string | null;
  /** The command's path, for messages. */
  readonly command: string;
  readonly environment: () => Readonly<Record<string, string>>;
}

/** Looked for once, when first asked. */
export class Context {
  readonly #asked: Asked;
  #from: string;
  #found: Promise<FoundRoot> | undefined;

  constructor(asked: Asked) {
    const { cwd, named } = asked;
    this.#asked = asked;
    this.#from = named === null ? cwd : absolute(cwd, named);
  }

  /** The folder that was named, else the working folder; absolute. Once found: that of the repo whose id was named. */
  get from(): string {
    return this.#from;
  }

  /** Words that tell commands, as these work from where the person stands: with the --repo they gave. */
  said(words: string): string {
    const { named } = this.#asked;
    return named === null ? words : withRepo(words, named);
  }

  found(): Promise<FoundRoot> {
    return this.#found ??= this.#look();
  }

  /** A folder that is a repo's goes first, then an id, then any folder. */
  async #look(): Promise<FoundRoot> {
    const { cwd, named, environment } = this.#asked;
    if (named === null || !isRepoId(named)) return await look(this.#from);
    const found = await look(this.#from).catch((thrown: unknown) => asCarError(thrown));
    if (!(found instanceof CarError) && found.type === "repo") return found;
    const { hubAround, noSuchRepo } = await import("./repo_of_hub.ts");
    const hub = await hubAround(cwd, environment());
    const root = hub?.repos.find((it) => it.id === named)?.root;
    if (root !== undefined) {
      this.#from = root;
      return await look(root);
    }
    if (!(found instanceof CarError)) return found;
    throw hub === null || found.code !== "not_found" ? found : noSuchRepo(named, this.#from, hub);
  }

  /** @throws {CarError} `not_found` or `conflict`, with the way out as hint. */
  async either(): Promise<Place> {
    const found = await this.found();
    if (found.type === "repo") return { type: "repo", paths: repoPaths(found.root) };
    if (found.type === "hub") return { type: "hub", paths: hubPaths(found.root) };
    throw notInitialised(found, this.from);
  }

  /** @throws {CarError} as `either`, and `conflict` in a hub. */
  async repo(): Promise<RepoPaths> {
    const found = await this.found();
    const place = await this.either();
    if (place.type === "repo") return place.paths;
    throw new CarError(
      "conflict",
      `"car ${this.#asked.command}" works on one repo, and ${place.paths.root} is a hub.`,
      { hint: await this.#repoHint(found, place.paths) },
    );
  }

  /** @throws {CarError} as `either`, and `conflict` in a repo. */
  async hub(): Promise<HubPaths> {
    const found = await this.found();
    if (found.type === "none" || found.type === "git") throw this.#noHub();
    const place = await this.either();
    if (place.type === "hub") return place.paths;
    throw new CarError(
      "conflict",
      `"car ${this.#asked.command}" works on a hub, and ${place.paths.root} is a single repo.`,
      { hint: await hubHint(place.paths) },
    );
  }

  #noHub(): CarError {
    const words = `"car ${this.#asked.command}" works on a hub, and ${this.from} is not in one.`;
    return new CarError("not_found", words, {
      hint: "Go into the hub's folder, or make one with `car init --mode hub`.",
    });
  }

  /** Which repo of this hub the command wants. */
  async #repoHint(found: FoundRoot, { root }: HubPaths): Promise<string> {
    if (found.type === "hub" && found.gitRoot !== null && found.gitRoot !== found.root) {
      return `Run \`car init\` in ${found.gitRoot} to let the hub work in it.`;
    }
    const { command, environment } = this.#asked;
    const { idsWords, readyIds, reposOf } = await import("./repo_of_hub.ts");
    const ids = await reposOf(root, environment()).then(readyIds).catch(() => []);
    const [first] = ids;
    return first === undefined
      ? "Go into the folder of one of its repos, or name it with --repo; `car hub scan` finds them."
      : `Name one of its repos, as in \`car ${command} --repo ${first}\`. It has ${idsWords(ids)}.`;
  }

  /** Fails early when what the mode asks for is not there. */
  async check(mode: CommandMode): Promise<void> {
    if (mode === "repo") await this.repo();
    else if (mode === "hub") await this.hub();
    else if (mode === "either") await this.either();
  }
}

function absolute(cwd: string, path: string): string {
  return path.startsWith("/") ? path : `${cwd.replace(/\/$/, "")}/${path}`;
}

async function look(from: string): Promise<FoundRoot> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(from);
  } catch (thrown) {
    throw notAllowed(thrown) ?? new CarError("not_found", `${from} does not exist.`, {
      hint: "Name a folder that exists with --repo.",
      cause: thrown,
    });
  }
  if (!info.isDirectory) {
    throw new CarError("invalid", `${from} is not a folder.`, {
      hint: "Name the repo's folder with --repo.",
    });
  }
  return await findRoot(from);
}

function notInitialised(found: FoundRoot, from: string): CarError {
  if (found.type === "git") {
    return new CarError("not_found", `CAR is not set up in the git repo ${found.root}.`, {
      hint: "Run `car init` in it.",
    });
  }
  return new CarError("not_found", `${from} is not in a git repo.`, {
    hint: "Go into a git repo, or make one with `git init`, then run `car init`.",
  });
}

/** Which folder the command wants: the hub above this repo. */
async function hubHint(repo: RepoPaths): Promise<string> {
  const { readHubPointer } = await import("../hub/hub_pointer.ts");
  const hub = await findHubAbove(repo.root) ?? await readHubPointer(repo.root);
  return hub === null
    ? "Go into the hub's folder, or make one with `car init --mode hub`."
    : `Its hub is ${hub}: go there, or name it with --repo ${shellWord(hub) ?? hub}.`;
}
