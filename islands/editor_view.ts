/**
 * CodeMirror for the markdown of tickets and documents. It lives in a shadow root: there it can bring
 * its styles along without a `style` element, which the page's policy forbids.
 */

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import {
  Annotation,
  EditorState,
  type Extension,
  RangeSetBuilder,
  StateEffect,
  StateField,
} from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  placeholder,
  WidgetType,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { markdown } from "./editor_markdown.ts";

/** Something to say at a line. */
export interface LineMark {
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

export interface EditorOptions {
  readonly text: string;
  /** Said to screen readers. */
  readonly label: string;
  /** Shown while it is empty. */
  readonly hint: string;
  readonly onChange: (text: string) => void;
  /** Escape: the keyboard goes back to the page. */
  readonly onLeave: () => void;
}

export interface EditorHandle {
  /** The text as it now is; the cursor stays where it can. Not told to `onChange`. */
  setText(text: string): void;
  setMarks(marks: readonly LineMark[]): void;
  focus(): void;
  end(): void;
}

/** Puts an editor into an element of its own. */
export function openEditor(host: HTMLElement, options: EditorOptions): EditorHandle {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc: options.text, extensions: extensions(options) }),
  });
  return {
    setText: (text) => replace(view, text),
    setMarks: (marks) => view.dispatch({ effects: newMarks.of(marks) }),
    focus: () => view.focus(),
    end: () => view.destroy(),
  };
}

const fromOutside = Annotation.define<"told">();

function extensions({ label, hint, onChange, onLeave }: EditorOptions): Extension {
  const leave = () => {
    onLeave();
    return DONE;
  };
  return [
    history(),
    drawSelection(),
    highlightSpecialChars(),
    highlightSelectionMatches(),
    search({ top: TOP }),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "true" }),
    placeholder(hint),
    markdownText,
    marksField,
    // The search field's own Escape comes first: it closes the search.
    keymap.of([
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      { key: "Escape", run: leave },
    ]),
    EditorView.updateListener.of((update) => {
      const isOurs = update.transactions.some((it) => it.annotation(fromOutside));
      if (update.docChanged && !isOurs) onChange(update.state.doc.toString());
    }),
  ];
}

const TOP: boolean = true;
const DONE: boolean = true;

/** Replaces only what differs. */
function replace(view: EditorView, text: string): void {
  const before = view.state.doc.toString();
  if (before === text) return;
  let from = 0;
  while (from < text.length && from < before.length && text[from] === before[from]) from++;
  let tail = 0;
  const most = Math.min(text.length, before.length) - from;
  while (tail < most && text.at(-1 - tail) === before.at(-1 - tail)) tail++;
  view.dispatch({
    changes: { from, to: before.length - tail, insert: text.slice(from, text.length - tail) },
    annotations: fromOutside.of("told"),
  });
}

class Words extends WidgetType {
  constructor(readonly message: string) {
    super();
  }

  override eq(other: Words): boolean {
    return other.message === this.message;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement("div");
    element.className = "cm-words";
    element.textContent = this.message;
    return element;
  }
}

const newMarks = StateEffect.define<readonly LineMark[]>();
const marksField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (shown, { effects, changes, state }) => {
    const marks = effects.find((it) => it.is(newMarks));
    return marks === undefined ? shown.map(changes) : decorated(state, marks.value);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorated(state: EditorState, marks: readonly LineMark[]): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const inOrder = marks
    .map(({ line, message }) => ({ line: Math.min(Math.max(1, line), state.doc.lines), message }))
    .sort((a, b) => a.line - b.line);
  let last = 0;
  for (const [at, { line }] of inOrder.entries()) {
    if (line === last) continue;
    last = line;
    const { from, to } = state.doc.line(line);
    builder.add(from, from, Decoration.line({ class: "cm-wrong" }));
    const message = inOrder.slice(at).filter((it) => it.line === line).map((it) => it.message)
      .join("\n");
    builder.add(to, to, Decoration.widget({ widget: new Words(message), block: true, side: 1 }));
  }
  return builder.finish();
}

/** Colours are the page's own: light and dark follow it. */
const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent", minHeight: "inherit" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    font: "var(--text-s) / 1.65 var(--mono)",
    fontVariantLigatures: "none",
    minHeight: "inherit",
  },
  ".cm-content": { padding: "var(--s3) 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 var(--s4)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-placeholder": { color: "var(--ink-3)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { backgroundColor: "color-mix(in oklch, var(--accent) 26%, transparent)" },
  ".cm-selectionMatch": { backgroundColor: "var(--hover)" },
  ".cm-searchMatch": {
    backgroundColor: "var(--waiting-tint)",
    outline: "1px solid var(--waiting)",
  },
  ".cm-searchMatch-selected": { backgroundColor: "var(--added-word)" },
  ".cm-specialChar": { color: "var(--waiting)" },
  ".cm-wrong": { backgroundColor: "var(--failed-tint)" },
  ".cm-words": {
    padding: "0 var(--s4) var(--s2)",
    backgroundColor: "var(--failed-tint)",
    color: "var(--failed)",
    font: "var(--text-s) / 1.5 var(--sans)",
    whiteSpace: "pre-wrap",
  },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--edge)" },
  ".cm-panel.cm-search": {
    padding: "var(--s2) var(--s6) var(--s2) var(--s3)",
    font: "var(--text-s) / 1.5 var(--sans)",
  },
  ".cm-panel.cm-search [name=close]": { color: "var(--ink-2)", fontSize: "1.2rem" },
  ".cm-panel.cm-search label": { fontSize: "inherit" },
  ".cm-textfield": {
    fontSize: "inherit",
    fontFamily: "inherit",
    padding: "0.2rem var(--s2)",
    border: "1px solid var(--edge-strong)",
    borderRadius: "var(--radius)",
    backgroundColor: "var(--raised)",
    color: "var(--ink)",
  },
  ".cm-textfield:focus-visible, .cm-button:focus-visible": {
    outline: "2px solid var(--focus)",
    outlineOffset: "1px",
  },
  ".cm-button": {
    fontSize: "inherit",
    fontFamily: "inherit",
    padding: "0.2rem var(--s2)",
    border: "1px solid var(--edge-strong)",
    borderRadius: "var(--radius)",
    backgroundImage: "none",
    backgroundColor: "var(--raised)",
    color: "var(--ink)",
  },
});

const highlights = HighlightStyle.define([
  { tag: tags.heading, fontWeight: "650", color: "var(--ink)" },
  { tag: tags.strong, fontWeight: "650" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: tags.link, color: "var(--accent)" },
  { tag: tags.url, color: "var(--accent)" },
  { tag: tags.quote, color: "var(--ink-2)" },
  { tag: [tags.monospace, tags.string], color: "var(--syntax-text)" },
  { tag: [tags.keyword, tags.typeName, tags.tagName], color: "var(--syntax-key)" },
  { tag: [tags.propertyName, tags.labelName, tags.attributeName], color: "var(--syntax-name)" },
  { tag: [tags.number, tags.bool, tags.atom], color: "var(--syntax-number)" },
  { tag: [tags.processingInstruction, tags.meta, tags.contentSeparator], color: "var(--ink-3)" },
  { tag: tags.comment, color: "var(--syntax-remark)", fontStyle: "italic" },
]);

/** Shared with the view of two versions. */
export const markdownText: Extension = [
  markdown,
  syntaxHighlighting(highlights),
  theme,
];
