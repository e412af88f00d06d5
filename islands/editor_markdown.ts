/**
 * Markdown for CodeMirror, from its parser alone: the ready-made package brings the languages of web
 * pages with it, which are longer than the editor and which no ticket holds.
 */

import { defineLanguageFacet, Language, syntaxTree } from "@codemirror/language";
import { type EditorState, type Extension, Prec } from "@codemirror/state";
import { type Command, keymap } from "@codemirror/view";
import { GFM, parser } from "@lezer/markdown";
import { frontmatter } from "./editor_frontmatter.ts";
import { continued, unmarked } from "./editor_lists.ts";

export const markdownParser = parser.configure([GFM, frontmatter]);

/** In these a dash is no list. */
const AS_THEY_ARE = /^(?:FencedCode|CodeBlock|HTMLBlock|Frontmatter)$/;

function isPlain(state: EditorState, at: number): boolean {
  for (let node = syntaxTree(state).resolveInner(at, -1);;) {
    if (AS_THEY_ARE.test(node.name)) return false;
    if (node.parent === null) return true;
    node = node.parent;
  }
}

const NOT_OURS: boolean = false;
const DONE: boolean = true;

const enter: Command = ({ state, dispatch }) => {
  const place = placeOf(state);
  if (place === null) return NOT_OURS;
  const { at, from, before, after } = place;
  const next = continued(before, after);
  if (next === null) return NOT_OURS;
  const changes = next === "end" ? { from, to: at } : { from: at, insert: next.insert };
  const anchor = next === "end" ? from : at + next.insert.length;
  dispatch(
    state.update({ changes, selection: { anchor }, scrollIntoView: true, userEvent: "input" }),
  );
  return DONE;
};

const backspace: Command = ({ state, dispatch }) => {
  const place = placeOf(state);
  const count = place === null ? null : unmarked(place.before);
  if (place === null || count === null) return NOT_OURS;
  const { at } = place;
  dispatch(state.update({ changes: { from: at - count, to: at }, userEvent: "delete.backward" }));
  return DONE;
};

/** The one cursor in its line; null where there is more than a cursor, or a list is none. */
function placeOf(state: EditorState) {
  const { main, ranges } = state.selection;
  if (!main.empty || ranges.length > 1 || state.readOnly || !isPlain(state, main.head)) return null;
  const { from, text } = state.doc.lineAt(main.head);
  const before = text.slice(0, main.head - from);
  return { at: main.head, from, before, after: text.slice(before.length) };
}

export const markdown: Extension = [
  new Language(defineLanguageFacet(), markdownParser, [], "markdown").extension,
  Prec.high(keymap.of([{ key: "Enter", run: enter }, { key: "Backspace", run: backspace }])),
];
