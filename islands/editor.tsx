/** A text editor for markdown, loaded when the first one is shown. Until then the text stands there plain. */

import { useEffect, useRef } from "preact/hooks";
import type { EditorHandle, EditorOptions, LineMark } from "./editor_view.ts";
import { useFlag } from "./flag.ts";
import { ForeignBlock } from "./parts/foreign.tsx";

export interface EditorProps extends Pick<EditorOptions, "text" | "label" | "onChange"> {
  readonly hint?: string;
  /** What is wrong with single lines. */
  readonly marks?: readonly LineMark[];
}

const READY: boolean = true;
/** Texts that were typed and have not come back; more than a person types between two frames. */
const TOLD_MAX = 200;
const NO_MARKS: readonly LineMark[] = [];

export function Editor(props: EditorProps) {
  const { text, marks = NO_MARKS } = props;
  const box = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorHandle | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const told = useRef<readonly string[]>([]);
  const isReady = useFlag();
  useEffect(() => {
    let isWanted = true;
    void import("./editor_view.ts").then(({ openEditor }) => {
      if (!isWanted || host.current === null) return;
      const { text, label, hint = "", marks = NO_MARKS } = latest.current;
      editor.current = openEditor(host.current, {
        text,
        label,
        hint,
        onChange: (changed) => {
          told.current = [...told.current, changed].slice(-TOLD_MAX);
          latest.current.onChange(changed);
        },
        onLeave: () => box.current?.focus(),
      });
      editor.current.setMarks(marks);
      isReady.value = READY;
    });
    return () => {
      isWanted = false;
      editor.current?.end();
      editor.current = null;
    };
  }, []);
  useEffect(() => {
    // What was typed comes back a moment later, when there may be more of it already.
    const at = told.current.lastIndexOf(text);
    told.current = told.current.slice(at + 1);
    if (at === -1) editor.current?.setText(text);
  }, [text]);
  useEffect(() => editor.current?.setMarks(marks), [marks]);
  return (
    <div
      ref={box}
      class="editor"
      tabIndex={-1}
      role="group"
      aria-label={`${props.label}: Enter to edit, Escape to leave`}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.target !== box.current) return;
        event.preventDefault();
        editor.current?.focus();
      }}
    >
      <div ref={host} class="editor-host" />
      {isReady.value ? null : (
        <div class="ansi editor-waiting">
          <ForeignBlock text={text} />
        </div>
      )}
    </div>
  );
}
