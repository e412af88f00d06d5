/**
 * Changing a manifest's text by what was asked and no other byte: remarks, order and spacing belong to
 * the person. The result is read again, and given out only when it says exactly what was meant.
 */

import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { CarError } from "../base/errors.ts";
import { MANIFEST_VERSION, type ManifestEdit, type NewRepo, type RepoChanges } from "./manifest.ts";
import { decodeManifest } from "./manifest_decode.ts";
import { type EntryKey, spellings } from "./manifest_entry.ts";
import * as splice from "./yaml_splice.ts";

/** What stands in the manifest of a new hub. */
export const MANIFEST_TEMPLATE =
  `# The repos of this hub. "car hub scan" adds what it finds; the rest of the file is yours to edit.
version: ${MANIFEST_VERSION}
repos: []
`;

/**
 * The text after the edits, in order.
 * @param hubRoot Absolute; relative paths begin here.
 * @throws {CarError} `invalid` when the text has problems, or would have one after the edits, or is
 * shaped so that it cannot be changed in one place; `not_found` for an unknown id.
 */
export function editManifestText(
  text: string,
  hubRoot: string,
  edits: readonly ManifestEdit[],
): string {
  const before = decodeManifest(text, "", hubRoot);
  if (before.problems[0] !== undefined) throw new CarError("invalid", before.problems[0].message);
  const work = new ManifestText(text, before.tree, before.repos.map((repo) => repo.id));
  for (const edit of batches(edits)) work.apply(edit);
  const after = decodeManifest(work.text, "", hubRoot);
  const [problem] = after.problems;
  if (problem !== undefined && after.tree !== null) {
    throw new CarError("invalid", `${problem.key ?? "The manifest"}: ${problem.message}`);
  }
  if (problem !== undefined || !isDeepStrictEqual(after.tree, work.tree)) throw byHand();
  return work.text;
}

const byHand = (): CarError => splice.notAlone("This entry of the manifest");

type Batch =
  | { readonly type: "add"; readonly repos: readonly NewRepo[] }
  | Exclude<ManifestEdit, { type: "add" }>;

/** Additions one behind the other are one splice: a first scan may find a hundred repos. */
function batches(edits: readonly ManifestEdit[]): readonly Batch[] {
  const found: Batch[] = [];
  for (const edit of edits) {
    const last = found.at(-1);
    if (edit.type !== "add") found.push(edit);
    else if (last?.type === "add") {
      found[found.length - 1] = { type: "add", repos: [...last.repos, edit.repo] };
    } else found.push({ type: "add", repos: [edit.repo] });
  }
  return found;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The text with the plain data it must mean, both changed step by step. */
class ManifestText {
  text: string;
  tree: unknown;
  readonly #ids: string[];

  constructor(text: string, tree: unknown, ids: readonly string[]) {
    this.text = text;
    this.tree = tree;
    this.#ids = [...ids];
  }

  apply(edit: Batch): void {
    if (edit.type === "add") return this.#add(edit.repos);
    const index = this.#ids.indexOf(edit.id);
    if (index < 0) {
      throw new CarError("not_found", `The manifest has no repo "${edit.id}".`, {
        hint: '"car hub repos" lists them.',
      });
    }
    if (edit.type === "remove") this.#remove(index);
    else this.#set(index, edit.changes);
  }

  #add(repos: readonly NewRepo[]): void {
    const entries = repos.map(fieldsOf);
    this.text = withEntries(this.text, entries);
    this.#putList([...this.#list(), ...entries]);
    this.#ids.push(...repos.map((repo) => repo.id));
  }

  #remove(index: number): void {
    this.text = withoutItem(this.text, index);
    this.#putList(this.#list().toSpliced(index, 1));
    this.#ids.splice(index, 1);
  }

  #set(index: number, changes: RepoChanges): void {
    for (const [key, value] of changedKeys(changes)) {
      const { text, name, value: written } = withKey(this.text, index, key, value);
      this.text = text;
      const entry = this.#list()[index];
      if (name === null || !isFields(entry)) continue;
      const { [name]: _, ...others } = entry;
      const next = written === undefined ? others : { ...entry, [name]: written };
      this.#putList(this.#list().with(index, next));
    }
  }

  #list(): readonly unknown[] {
    const list = isFields(this.tree) ? this.tree["repos"] : null;
    return Array.isArray(list) ? list : [];
  }

  #putList(repos: readonly unknown[]): void {
    this.tree = { ...(isFields(this.tree) ? this.tree : {}), repos };
  }
}

/** An entry's keys as they are written, in this order. */
function fieldsOf(repo: NewRepo): Fields {
  const fields = {
    id: repo.id,
    path: repo.path,
    enabled: repo.enabled,
    auto_run: repo.autoRun,
    kind: repo.kind,
    worktree_of: repo.worktreeOf,
    branch: repo.branch,
    display_name: repo.displayName,
    setup: repo.setup,
  } satisfies Partial<Record<EntryKey, unknown>>;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The keys that are to change; a value of null takes the key away. */
function changedKeys(changes: RepoChanges): readonly (readonly [EntryKey, unknown])[] {
  const keys: readonly (readonly [EntryKey, unknown])[] = [
    ["enabled", changes.enabled],
    ["auto_run", changes.autoRun],
    ["kind", changes.kind],
    ["worktree_of", changes.worktreeOf],
    ["branch", changes.branch],
    ["display_name", changes.displayName],
    ["setup", changes.setup],
    ["destination", changes.destination],
  ];
  return keys.filter(([, value]) => value !== undefined);
}

function contentsOf(text: string): unknown {
  const document = parseDocument(text, { version: "1.2", uniqueKeys: false, logLevel: "error" });
  if (document.errors.length > 0) throw byHand();
  return document.contents;
}

const isNothing = (node: unknown): boolean =>
  node === null || (isScalar(node) && node.value === null);

function withEntries(text: string, entries: readonly Fields[]): string {
  const newline = splice.newlineOf(text);
  const contents = contentsOf(text);
  const lines = (place: ItemPlace) =>
    entries.map((entry) => blockItem(entry, place, newline)).join("");
  if (!isMap(contents)) {
    return splice.append(text, `repos:${newline}${lines(FIRST_ITEM)}`, newline);
  }
  const pair = splice.pairOf(contents, "repos");
  const lastPair = contents.items.at(-1);
  if (pair === undefined && !contents.flow && lastPair !== undefined) {
    const key = `${splice.indentOf(text, lastPair)}repos:${newline}`;
    return splice.insertAfter(text, splice.endOfPair(text, lastPair), key + lines(FIRST_ITEM));
  }
  if (pair === undefined) return splice.insertInto(text, contents, ["repos"], literals(entries));
  const { value } = pair;
  if (isNothing(value)) return withEntries(splice.replaceValue(text, pair, "[]"), entries);
  if (!isSeq(value)) throw byHand();
  const last = value.items.at(-1);
  if (last !== undefined && !value.flow) {
    return splice.insertAfter(text, splice.endOfValue(text, last), lines(itemPlace(text, last)));
  }
  const [start, end] = splice.rangeOf(value);
  const alone = last === undefined && !contents.flow && /^\[ *\]$/.test(text.slice(start, end));
  if (!alone) return splice.insertIntoFlow(text, value, literals(entries).slice(1, -1));
  const cut = text.slice(0, start).trimEnd() + text.slice(end);
  const place = { dash: `${splice.indentOf(text, pair)}${FIRST_ITEM.dash}`, gap: FIRST_ITEM.gap };
  return splice.insertAfter(cut, splice.endOfKey(pair), lines(place));
}

const literals = (entries: readonly Fields[]): string =>
  `[${entries.map((entry) => splice.literalOf(entry)).join(", ")}]`;

/** How the items of a list stand: what is left of the dash, and between it and the first key. */
interface ItemPlace {
  readonly dash: string;
  readonly gap: string;
}

const FIRST_ITEM: ItemPlace = { dash: "  ", gap: " " };

function itemPlace(text: string, item: unknown): ItemPlace {
  const dash = dashOf(text, item);
  const left = text.slice(splice.lineStart(text, dash), dash);
  const between = text.slice(dash + 1, splice.rangeOf(item)[0]);
  return { dash: left, gap: /^ +$/.test(between) ? between : " " };
}

/** The dash before an item of a list. Only remarks and blanks can stand between the two. */
function dashOf(text: string, item: unknown): number {
  const [start] = splice.rangeOf(item);
  for (let at = splice.lineStart(text, start);; at = splice.lineStart(text, at - 1)) {
    const found = /^ *-(?=\s|$)/.exec(text.slice(at, splice.nextLine(text, at)));
    if (found !== null && at + found[0].length <= start) return at + found[0].length - 1;
    if (at === 0) throw byHand();
  }
}

function blockItem(entry: Fields, { dash, gap }: ItemPlace, newline: string): string {
  const below = " ".repeat(dash.length + 1 + gap.length);
  return Object.entries(entry).map(([key, value], index) => {
    const before = index === 0 ? `${dash}-${gap}` : below;
    return `${before}${key}: ${splice.literalOf(value)}${newline}`;
  }).join("");
}

function listOf(text: string): YAMLSeq {
  const contents = contentsOf(text);
  const list = isMap(contents) ? splice.pairOf(contents, "repos")?.value : undefined;
  if (!isSeq(list)) throw byHand();
  return list;
}

function withoutItem(text: string, index: number): string {
  const { items, flow } = listOf(text);
  const item = items[index];
  if (flow) return withoutFlowItem(text, items, index);
  const from = splice.lineStart(text, dashOf(text, item));
  const cut = text.slice(0, from) +
    text.slice(splice.nextLine(text, splice.endOfValue(text, item)));
  if (items.length > 1) return cut;
  const contents = contentsOf(cut);
  const pair = isMap(contents) ? splice.pairOf(contents, "repos") : undefined;
  if (pair === undefined) throw byHand();
  return splice.replaceValue(cut, pair, "[]");
}

function withoutFlowItem(text: string, items: readonly unknown[], index: number): string {
  const [start, end] = splice.rangeOf(items[index]);
  const [before, behind] = [items[index - 1], items[index + 1]];
  if (behind !== undefined) return text.slice(0, start) + text.slice(splice.rangeOf(behind)[0]);
  const from = before === undefined ? start : splice.rangeOf(before)[1];
  return text.slice(0, from) + text.slice(end);
}

interface KeyEdit {
  readonly text: string;
  /** The key as the file spells it; null when nothing was to be done. */
  readonly name: string | null;
  /** What it says then; undefined when it is gone. */
  readonly value: unknown;
}

function withKey(text: string, index: number, key: EntryKey, value: unknown): KeyEdit {
  const item = listOf(text).items[index];
  if (!isMap(item)) throw byHand();
  const name = spellings(key).find((it) => splice.pairOf(item, it) !== undefined) ?? key;
  const pair = splice.pairOf(item, name);
  if (value === null) return withoutKey(text, item, name);
  const written = splice.literalOf(value);
  const edited = pair === undefined
    ? splice.insertInto(text, item, [name], written)
    : splice.replaceValue(text, pair, written);
  return { text: edited, name, value };
}

/** A first key shares its line with the dash, and in braces with others: such a one is set to null. */
function withoutKey(text: string, item: YAMLMap, name: string): KeyEdit {
  const pair = splice.pairOf(item, name);
  if (pair === undefined) return { text, name: null, value: undefined };
  if (item.flow || item.items[0] === pair) {
    return { text: splice.replaceValue(text, pair, "null"), name, value: null };
  }
  const from = splice.lineStart(text, splice.rangeOf(pair.key)[0]);
  const to = splice.nextLine(text, splice.endOfPair(text, pair));
  return { text: text.slice(0, from) + text.slice(to), name, value: undefined };
}
