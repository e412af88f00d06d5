/** The manifest's file: read with all that is wrong with it, and changed so that no writer loses another's edit. */

import { createHash } from "node:crypto";
import { CarError } from "../base/errors.ts";
import { byteLength, plural } from "../base/text.ts";
import type { HubConfig } from "./config.ts";
import { readTextStrict, type StrictText, writeFileAtomic } from "./files.ts";
import {
  type Manifest,
  MANIFEST_BYTES_MAX,
  MANIFEST_VERSION,
  type ManifestEdit,
} from "./manifest.ts";
import { decodeManifest, type ManifestProblem } from "./manifest_decode.ts";
import { editManifestText, MANIFEST_TEMPLATE } from "./manifest_edit.ts";
import { underLock } from "./short_lock.ts";

/** Where a hub's manifest lies. */
export interface ManifestPlace {
  /** Absolute. Relative paths in the file begin here. */
  readonly hubRoot: string;
  /** Absolute path of the file. */
  readonly file: string;
}

export interface InspectedManifest {
  /**
   * The entries that can be used. With problems it is not the whole list: one who already knows the
   * list keeps what is known and shows the problems.
   */
  readonly manifest: Manifest;
  readonly problems: readonly ManifestProblem[];
}

/** Where the config says that the manifest is. */
export function manifestPlace(hubRoot: string, config: HubConfig): ManifestPlace {
  const { manifest } = config.hub;
  return { hubRoot, file: manifest.startsWith("/") ? manifest : `${hubRoot}/${manifest}` };
}

/** The manifest as far as it can be read. A missing file is an empty list. @throws {CarError} `unavailable`. */
export async function inspectManifest(place: ManifestPlace): Promise<InspectedManifest> {
  try {
    return inspect(place, await readText(place));
  } catch (thrown) {
    if (!(thrown instanceof CarError) || thrown.code === "unavailable") throw thrown;
    const problem = { file: nameOf(place), line: 1, key: null, message: thrown.message };
    return { manifest: EMPTY, problems: [problem] };
  }
}

/** @throws {CarError} `invalid` with all problems, each with file and line; `unavailable`. */
export async function readManifest(place: ManifestPlace): Promise<Manifest> {
  return whole(await inspectManifest(place));
}

/** `.codex-autorunner/manifest.yml:12: repos[1].path: Found ...`. */
export const manifestProblemText = ({ file, line, key, message }: ManifestProblem): string =>
  `${file}:${line}: ${key === null ? "" : `${key}: `}${message}`;

/** How often the file may change under a writer that has the lock: only editors write without it. */
const TRIES_MAX = 5;

/**
 * Changes the manifest as `decide` says, which is asked again when somebody changed the file
 * meanwhile. An empty list of edits writes nothing. Remarks, order and spacing of the file stay.
 *
 * Every process may call it at any time, also beside a running hub, which notices that the file
 * changed.
 *
 * @param decide Quick: other writers wait for it.
 * @returns The manifest as it is then.
 * @throws {CarError} `invalid` when the file has problems (it is not rewritten then) or an edit would
 * make one, `not_found` for an unknown id, `conflict` or `timeout` when other writers do not let it
 * through, `unavailable`; and what `decide` throws.
 */
export function editManifest(
  place: ManifestPlace,
  decide: (manifest: Manifest) => readonly ManifestEdit[] | Promise<readonly ManifestEdit[]>,
): Promise<Manifest> {
  return underLock(`${place.file}.lock`, async () => {
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const found = await readText(place);
      const manifest = whole(inspect(place, found));
      const edits = await decide(manifest);
      if (edits.length === 0) return manifest;
      const { text, bom } = found ?? { text: MANIFEST_TEMPLATE, bom: false };
      const next = { text: editManifestText(text, place.hubRoot, edits), bom };
      if (byteLength(withBom(next)) > MANIFEST_BYTES_MAX) throw tooLong(place);
      if (hashOf(await readText(place)) !== manifest.hash) continue;
      await writeFileAtomic(place.file, withBom(next));
      return whole(inspect(place, next));
    }
    throw new CarError(
      "conflict",
      `${place.file} is being changed by something else all the time.`,
    );
  });
}

const tooLong = ({ file }: ManifestPlace): CarError =>
  new CarError("invalid", `${file} would be longer than ${MANIFEST_BYTES_MAX} bytes.`, {
    hint: "Take entries of repos that are gone out of it.",
  });

const EMPTY: Manifest = { version: MANIFEST_VERSION, repos: [], hash: null };

async function readText({ file }: ManifestPlace): Promise<StrictText | null> {
  try {
    return await readTextStrict(file, { maxBytes: MANIFEST_BYTES_MAX });
  } catch (thrown) {
    if (thrown instanceof CarError && thrown.code === "not_found") return null;
    throw thrown;
  }
}

function inspect(place: ManifestPlace, found: StrictText | null): InspectedManifest {
  if (found === null) return { manifest: EMPTY, problems: [] };
  const { version, repos, problems } = decodeManifest(found.text, nameOf(place), place.hubRoot);
  return { manifest: { version, repos, hash: hashOf(found) }, problems };
}

function whole({ manifest, problems }: InspectedManifest): Manifest {
  if (problems.length === 0) return manifest;
  const lines = problems.map((problem) => `  ${manifestProblemText(problem)}`);
  const count = plural(problems.length, "problem");
  throw new CarError("invalid", `The hub's manifest has ${count}:\n${lines.join("\n")}`, {
    hint: "Mend it there; nothing of it was changed.",
  });
}

const withBom = ({ text, bom }: StrictText): string => (bom ? "\uFEFF" : "") + text;

const hashOf = (found: StrictText | null): string | null =>
  found === null ? null : createHash("sha256").update(withBom(found)).digest("hex");

function nameOf({ hubRoot, file }: ManifestPlace): string {
  return file.startsWith(`${hubRoot}/`) ? file.slice(hubRoot.length + 1) : file;
}
