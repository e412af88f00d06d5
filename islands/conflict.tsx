/** Two versions of one document: a person takes theirs, keeps their own, or makes one of both. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Conflict } from "./editing.ts";
import { useFlag } from "./flag.ts";
import { Button } from "./parts/button.tsx";
import { Dialog } from "./parts/dialog.tsx";
import type { VersionsHandle } from "./versions_view.ts";

export interface ConflictDialogProps {
  readonly conflict: Conflict | null;
  /** What it is about, e.g. `The ticket`. */
  readonly what: string;
  /** Whose the text is that meets the other one: the person's own, or a draft that an agent made. */
  readonly own?: "mine" | "draft";
  /** Null takes theirs. */
  readonly onSettle: (text: string | null) => void;
  readonly onLater: () => void;
}

interface Words {
  readonly gone: string;
  readonly drop: string;
  readonly takeTheirs: string;
  readonly keepOwn: string;
  readonly merge: string;
  readonly theirs: string;
  readonly merged: string;
  readonly beside: string;
  readonly over: string;
  readonly stands: string;
}

const WORDS: Readonly<Record<"mine" | "draft", Words>> = {
  mine: {
    gone: "Somebody took it away while you were at it. What you wrote is still here, to be copied.",
    drop: "Drop my changes",
    takeTheirs: "Take theirs",
    keepOwn: "Keep mine",
    merge: "Save the merge",
    theirs: "Theirs, as it stands now",
    merged: "Yours, with theirs in it",
    beside:
      "Left is what stands there now; right is yours with their changes worked in. It can be typed in, and the arrows bring over what stands left.",
    over:
      "This is yours with their changes worked in; what stands there now is shown where it differs. It can be typed in.",
    stands: "there yours stands.",
  },
  draft: {
    gone: "Somebody took it away since the draft was made. The draft is still here, to be copied.",
    drop: "Discard the draft",
    takeTheirs: "Discard the draft",
    keepOwn: "Apply the draft alone",
    merge: "Apply the merge",
    theirs: "The file, as it stands now",
    merged: "The draft, with the file's changes in it",
    beside:
      "Left is the file as it stands now; right is the draft with the file's changes worked in. It can be typed in, and the arrows bring over what stands left.",
    over:
      "This is the draft with the file's changes worked in; what stands there now is shown where it differs. It can be typed in.",
    stands: "there the draft stands.",
  },
};

/** Below this there is no room for two texts beside each other. */
const WIDE = "(min-width: 60rem)";

export function ConflictDialog(props: ConflictDialogProps) {
  const { conflict, what, own = "mine", onSettle, onLater } = props;
  const words = WORDS[own];
  const versions = useRef<VersionsHandle | null>(null);
  const isGone = conflict?.theirs === null;
  return (
    <Dialog
      wide
      title={isGone ? `${what} is gone` : `${what} was changed meanwhile`}
      open={conflict !== null}
      onClose={onLater}
      foot={isGone
        ? (
          <>
            <Button kind="danger" onClick={() => onSettle(null)}>{words.drop}</Button>
            <Button onClick={onLater}>Keep them here</Button>
          </>
        )
        : (
          <>
            <Button onClick={() => onSettle(null)}>{words.takeTheirs}</Button>
            <Button onClick={() => onSettle(conflict?.mine ?? "")}>{words.keepOwn}</Button>
            <Button
              kind="primary"
              onClick={() => onSettle(versions.current?.text() ?? conflict?.mine ?? "")}
            >
              {words.merge}
            </Button>
          </>
        )}
    >
      {conflict === null || conflict.theirs === null ? <p>{words.gone}</p> : (
        <TwoVersions
          conflict={conflict}
          theirs={conflict.theirs.text}
          words={words}
          handle={versions}
        />
      )}
    </Dialog>
  );
}

const SIDE_BY_SIDE: boolean = true;

function TwoVersions(
  { conflict: { base, mine }, theirs, words, handle }: {
    conflict: Conflict;
    theirs: string;
    words: Words;
    handle: { current: VersionsHandle | null };
  },
) {
  const host = useRef<HTMLDivElement>(null);
  const beside = useFlag(SIDE_BY_SIDE);
  const clashes = useSignal(0);
  useEffect(() => {
    let isWanted = true;
    const isWide = matchMedia(WIDE).matches;
    beside.value = isWide;
    void import("./versions_view.ts").then(({ openVersions }) => {
      if (!isWanted || host.current === null) return;
      handle.current = openVersions(host.current, {
        base,
        theirs,
        mine,
        labels: words,
        sideBySide: isWide,
      });
      clashes.value = handle.current.clashes;
    });
    return () => {
      isWanted = false;
      handle.current?.end();
      handle.current = null;
    };
  }, [theirs, mine]);
  return (
    <>
      <p class="soft">
        {beside.value ? words.beside : words.over}{" "}
        {clashes.value === 0 ? null : <strong>{clashSentence(clashes.value, words)}</strong>}
      </p>
      {beside.value
        ? (
          <div class="versions-heads" aria-hidden="true">
            <span class="minus">{words.theirs}</span>
            <span class="plus">{words.merged}</span>
          </div>
        )
        : null}
      <div ref={host} class="editor versions" />
    </>
  );
}

const clashSentence = (count: number, { stands }: Words): string =>
  count === 1
    ? `One place was changed by both: ${stands}`
    : `${count} places were changed by both: ${stands}`;
