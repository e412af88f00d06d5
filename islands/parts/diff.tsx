/** Changes of files, one fold a file; what changed within a line stands out. */

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { Foreign, marked } from "./foreign.tsx";
import { visible } from "../../lib/base/display.ts";
import { type DiffLine, type FileDiff, parseDiff } from "./diff_lines.ts";
import { useFlag } from "../flag.ts";
import { Icon } from "./icon.tsx";

/** Lines of a file that are drawn before a person asks for the rest. */
const LINES_SHOWN = 400;
/** Files that are open at first; more are a list to choose from. */
const FILES_OPEN = 8;

export function Diff({ text }: { text: string }) {
  const files = useMemo(() => parseDiff(text), [text]);
  if (files.length === 0) return <p class="dim">Nothing changed.</p>;
  return (
    <div>
      {files.map((file, at) => (
        <FileDiffView key={`${at} ${file.path}`} file={file} open={at < FILES_OPEN} />
      ))}
    </div>
  );
}

function FileDiffView({ file, open }: { file: FileDiff; open: boolean }) {
  const isOpen = useFlag(open);
  const all = useFlag();
  const lines = all.value ? file.lines : file.lines.slice(0, LINES_SHOWN);
  return (
    <div class="diff">
      <button
        type="button"
        class="diff-head"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <Icon name={isOpen.value ? "down" : "right"} />
        <span class="path">
          {file.from === null ? null : (
            <>
              <Foreign text={file.from} /> →
              {" "}
            </>
          )}
          <Foreign text={file.path === "" ? "changes" : file.path} />
        </span>
        <span class="small plus">+{file.added}</span>
        <span class="small minus">−{file.removed}</span>
      </button>
      {isOpen.value
        ? (
          <div class="diff-body" tabIndex={0} role="region" aria-label={`Changes of ${file.path}`}>
            {file.remarks.map((it) => <div key={it} class="diff-remark">{visible(it)}</div>)}
            <DiffLines lines={lines} lang={langOf(file.path)} />
          </div>
        )
        : null}
      {isOpen.value && lines.length < file.lines.length
        ? (
          <button type="button" class="diff-head dim" onClick={() => (all.value = true)}>
            Show {file.lines.length - lines.length} more lines
          </button>
        )
        : null}
    </div>
  );
}

const SIGNS = { add: "+", remove: "\u2212", same: "", hunk: "", remark: "" } as const;

interface Worded {
  readonly line: DiffLine;
  /** From and to of what changed within the line; null where all or nothing did. */
  readonly word: readonly [number, number] | null;
}

/** Text to HTML in colours, once the reader of code is there. */
type Paint = (text: string, lang: string) => string | null;
const paint = signal<{ readonly it: Paint } | null>(null);

/** Longer lines are shown plain: no person wrote them. */
const COLOURED_MAX = 2_000;

const langOf = (path: string): string => /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? "";

function DiffLines({ lines, lang }: { lines: readonly DiffLine[]; lang: string }) {
  useEffect(() => {
    if (paint.peek() !== null) return;
    void import("./code_html.ts").then(({ codeHtml }) => (paint.value = { it: codeHtml }));
  }, []);
  const worded = useMemo(() => withWords(lines), [lines]);
  const colours = paint.value;
  const text = (piece: string) => {
    const html = colours === null || piece.length > COLOURED_MAX
      ? null
      : colours.it(visible(piece), lang);
    return html === null
      ? marked(visible(piece))
      : <span dangerouslySetInnerHTML={{ __html: html }} />;
  };
  return <div class="diff-lines">{worded.map((it, at) => lineView(it, at, text))}</div>;
}

type Draw = (text: string) => ComponentChildren;

function lineView({ line, word }: Worded, at: number, draw: Draw) {
  const isCode = line.kind !== "hunk" && line.kind !== "remark";
  const text = isCode ? draw : (it: string) => marked(visible(it));
  return (
    <div key={at} class="diff-line" data-kind={line.kind}>
      <span class="no" aria-hidden="true">{line.before ?? ""}</span>
      <span class="no" aria-hidden="true">{line.after ?? ""}</span>
      <span class="sign">{SIGNS[line.kind]}</span>
      <bdi>{word === null ? text(line.text) : wordView(line.text, word, text)}</bdi>
    </div>
  );
}

function wordView(text: string, [from, to]: readonly [number, number], draw: Draw) {
  return (
    <>
      {draw(text.slice(0, from))}
      <span class="word">{draw(text.slice(from, to))}</span>
      {draw(text.slice(to))}
    </>
  );
}

/** Removed lines that stand before added ones are their old versions, in order: the middle that differs. */
function withWords(lines: readonly DiffLine[]): readonly Worded[] {
  const worded: Worded[] = lines.map((line) => ({ line, word: null }));
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]?.kind !== "remove") continue;
    const removes = runOf(lines, at, "remove");
    const adds = runOf(lines, at + removes, "add");
    for (let i = 0; i < Math.min(removes, adds); i++) {
      const [before, after] = [lines[at + i], lines[at + removes + i]];
      if (before === undefined || after === undefined) continue;
      const [old, fresh] = middle(before.text, after.text);
      worded[at + i] = { line: before, word: old };
      worded[at + removes + i] = { line: after, word: fresh };
    }
    at += removes + adds - 1;
  }
  return worded;
}

function runOf(lines: readonly DiffLine[], from: number, kind: string): number {
  let to = from;
  while (lines[to]?.kind === kind) to++;
  return to - from;
}

type Span = readonly [number, number];

/** What is left between the common beginning and end; null when there is hardly anything in common. */
function middle(a: string, b: string): readonly [Span | null, Span | null] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) {
    tail++;
  }
  const common = head + tail;
  if (common < 3 || common * 3 < Math.max(a.length, b.length)) return [null, null];
  return [[head, a.length - tail], [head, b.length - tail]];
}
