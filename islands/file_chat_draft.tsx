/** The draft that an agent made: its difference, and what a person does with it, also when the file has moved on. */

import { type Signal, useSignal } from "@preact/signals";
import type { FileChatView } from "../lib/hub/file_chat/view.ts";
import { get, post } from "./api.ts";
import { ConflictDialog } from "./conflict.tsx";
import { type Conflict, conflictOf } from "./editing.ts";
import { useFlag } from "./flag.ts";
import { Button } from "./parts/button.tsx";
import { Diff } from "./parts/diff.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Notice } from "./parts/small.tsx";
import { toast, toastProblem } from "./parts/toast.tsx";
import type { ResourceHandle } from "./resource.ts";

export interface DraftProps {
  /** Of the draft, in the API. */
  readonly address: string;
  readonly view: FileChatView;
  /** The file is another than the one the draft was made from. */
  readonly isStale: boolean;
  readonly draft: ResourceHandle<FileChatView>;
  /** The draft is no more. */
  readonly onOver: () => void;
}

export function DraftView(props: DraftProps) {
  const { view, isStale } = props;
  const { busy, conflict, go, merge, settle } = useDraft(props);
  const { state, error, note, diff, current, problems } = view;
  if (state === "running") {
    return (
      <div class="button-row">
        <Button icon="stop" busy={busy.value} onClick={() => void go("interrupt")}>
          Interrupt
        </Button>
      </div>
    );
  }
  return (
    <>
      {error === null ? null : <Notice tone="failed" title={error} />}
      {note === null ? null : (
        <p class="small soft">
          <Foreign text={note} />
        </p>
      )}
      {diff === "" ? null : <Diff text={diff} />}
      {problems.length === 0 ? null : (
        <Notice tone="waiting" title="The linter would say of it">
          <ul>{problems.map((it) => <li key={it.code + it.line}>{it.message}</li>)}</ul>
        </Notice>
      )}
      {isStale && diff !== "" ? <Stale view={view} /> : null}
      <div class="button-row">
        {diff === "" ? null : (
          <Button
            kind="primary"
            icon="check"
            busy={busy.value}
            unavailable={current === null ? view.missing ?? "The file is gone" : null}
            onClick={() => void (isStale ? merge() : go("apply"))}
          >
            {isStale ? "Merge with the newer file" : "Apply"}
          </Button>
        )}
        <Button icon="trash" busy={busy.value} onClick={() => void go("discard")}>
          {diff === "" ? "End the chat" : "Discard"}
        </Button>
      </div>
      <ConflictDialog
        what="The file"
        own="draft"
        conflict={conflict.value}
        onSettle={(text) => void settle(text)}
        onLater={() => (conflict.value = null)}
      />
    </>
  );
}

type Act = "apply" | "discard" | "interrupt";

interface DraftDesk {
  readonly busy: Signal<boolean>;
  /** Two texts of the file that a person is to make one of. */
  readonly conflict: Signal<Conflict | null>;
  go(act: Act): Promise<void>;
  merge(): Promise<void>;
  /** Null takes the draft away. */
  settle(text: string | null): Promise<void>;
}

function useDraft({ address, view, draft, onOver }: DraftProps): DraftDesk {
  const busy = useFlag();
  const conflict = useSignal<Conflict | null>(null);
  /** @param base What the text that is sent was made from. */
  const send = async (act: Act, body: object, base: string) => {
    busy.value = true;
    try {
      await post(`${address}/${act}`, body);
      conflict.value = null;
      if (act === "apply") toast("done", `${view.path} is written`);
      if (act === "interrupt") draft.refresh();
      else onOver();
    } catch (thrown) {
      const found = conflictOf(thrown);
      if (found === null) toastProblem(thrown);
      else conflict.value = { ...found, base };
      // What the draft is held against is another now.
      draft.refresh();
    }
    busy.value = false;
  };
  return {
    busy,
    conflict,
    go: (act) => send(act, {}, view.base.text),
    merge: async () => {
      try {
        const now = await get<FileChatView>(address);
        draft.set(now);
        conflict.value = { theirs: now.current, mine: now.draft.text, base: now.base.text };
      } catch (thrown) {
        toastProblem(thrown);
      }
    },
    settle: async (text) => {
      const theirs = conflict.peek()?.theirs ?? null;
      if (text === null || theirs === null) return await send("discard", {}, view.base.text);
      // When it has moved on once more, what was merged stands on what it was merged with.
      await send("apply", { etag: theirs.etag, text }, theirs.text);
    },
  };
}

const Stale = ({ view }: { view: FileChatView }) => (
  <Notice tone="waiting" title="The file has been changed since the draft was made">
    {view.current === null
      ? <Foreign text={view.missing ?? "It is gone."} />
      : "Merging shows both beside each other; what they changed in different places is brought together."}
  </Notice>
);
