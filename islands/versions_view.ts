/** Two versions of a text, side by side or one over the other, of which a person makes one. */

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { markdownText } from "./editor_view.ts";
import { threeWay } from "./three_way.ts";

export interface Versions {
  /** What both were made from. */
  readonly base: string;
  readonly theirs: string;
  readonly mine: string;
  /** What the two texts are called. */
  readonly labels: { readonly theirs: string; readonly merged: string };
  /** Two columns; else one, in which theirs is shown where it differs. */
  readonly sideBySide: boolean;
}

/** Put beside each other. */
interface Pair {
  readonly theirs: string;
  readonly merged: string;
  readonly labels: Versions["labels"];
}

export interface VersionsHandle {
  /** The one that is made of both, as it now is. */
  text(): string;
  /** Places that both changed: there the person's own stands. */
  readonly clashes: number;
  end(): void;
}

export function openVersions(host: HTMLElement, versions: Versions): VersionsHandle {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const { base, mine, theirs, labels, sideBySide } = versions;
  const { text, clashes } = threeWay(base, mine, theirs);
  const open = sideBySide ? beside : over;
  return { ...open(root, { theirs, merged: text, labels }), clashes };
}

type Opened = Omit<VersionsHandle, "clashes">;

const READ_ONLY: boolean = true;
const COLLAPSED = { margin: 3, minSize: 6 };

const shared = (label: string): Extension => [
  markdownText,
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({ "aria-label": label }),
  theme,
];

const editable = (label: string): Extension => [
  history(),
  keymap.of([...historyKeymap, ...defaultKeymap]),
  shared(label),
];

function beside(root: ShadowRoot, { theirs, merged, labels }: Pair): Opened {
  const view = new MergeView({
    parent: root,
    root,
    a: { doc: theirs, extensions: [shared(labels.theirs), EditorState.readOnly.of(READ_ONLY)] },
    b: { doc: merged, extensions: editable(labels.merged) },
    revertControls: "a-to-b",
    collapseUnchanged: COLLAPSED,
  });
  return { text: () => view.b.state.doc.toString(), end: () => view.destroy() };
}

function over(root: ShadowRoot, { theirs, merged, labels }: Pair): Opened {
  const view = new EditorView({
    parent: root,
    root,
    doc: merged,
    extensions: [
      editable(labels.merged),
      WORDS,
      unifiedMergeView({ original: theirs, collapseUnchanged: COLLAPSED }),
    ],
  });
  return { text: () => view.state.doc.toString(), end: () => view.destroy() };
}

/** Accepting keeps what is in the text, rejecting brings the other back. */
const WORDS = EditorState.phrases.of({ "Accept": "Keep", "Reject": "Take theirs" });

const theme = EditorView.theme({
  ".cm-changedLine, &.cm-merge-b .cm-changedLine, .cm-insertedLine": {
    backgroundColor: "var(--added)",
  },
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--removed)" },
  "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText": {
    background: "var(--removed-word)",
  },
  "&.cm-merge-b .cm-changedText, .cm-changedText": { background: "var(--added-word)" },
  ".cm-collapsedLines": {
    background: "var(--sunken)",
    color: "var(--ink-3)",
    font: "var(--text-s) / 1.8 var(--sans)",
  },
  ".cm-gutters": { border: "0", background: "transparent" },
  ".cm-changeGutter .cm-changedLineGutter": { background: "var(--done)" },
  "& .cm-chunkButtons button[name=accept], & .cm-chunkButtons button[name=reject]": {
    padding: "0 var(--s2)",
    border: "1px solid var(--edge-strong)",
    borderRadius: "4px",
    background: "var(--raised)",
    color: "var(--ink)",
    font: "var(--text-xs) / 1.6 var(--sans)",
  },
});
