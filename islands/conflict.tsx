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
  /** Null takes theirs. */
  readonly onSettle: (text: string | null) => void;
  readonly onLater: () => void;
}

/** Below this there is no room for two texts beside each other. */
const WIDE = "(min-width: 60rem)";

export function ConflictDialog({ conflict, what, onSettle, onLater }: ConflictDialogProps) {
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
            <Button kind="danger" onClick={() => onSettle(null)}>Drop my changes</Button>
            <Button onClick={onLater}>Keep them here</Button>
          </>
        )
        : (
          <>
            <Button onClick={() => onSettle(null)}>Take theirs</Button>
            <Button onClick={() => onSettle(conflict?.mine ?? "")}>Keep mine</Button>
            <Button
              kind="primary"
              onClick={() => onSettle(versions.current?.text() ?? conflict?.mine ?? "")}
            >
              Save the merge
            </Button>
          </>
        )}
    >
      {conflict === null || conflict.theirs === null
        ? (
          <p>
            Somebody took it away while you were at it. What you wrote is still here, to be copied.
          </p>
        )
        : <TwoVersions conflict={conflict} theirs={conflict.theirs.text} handle={versions} />}
    </Dialog>
  );
}

const SIDE_BY_SIDE: boolean = true;

function TwoVersions(
  { conflict: { base, mine }, theirs, handle }: {
    conflict: Conflict;
    theirs: string;
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
      handle.current = openVersions(host.current, { base, theirs, mine, sideBySide: isWide });
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
        {beside.value
          ? "Left is what stands there now; right is yours with their changes worked in. It can be typed in, and the arrows bring over what stands left."
          : "This is yours with their changes worked in; what stands there now is shown where it differs. It can be typed in."}
        {" "}
        {clashes.value === 0 ? null : <strong>{clashSentence(clashes.value)}</strong>}
      </p>
      {beside.value
        ? (
          <div class="versions-heads" aria-hidden="true">
            <span class="minus">Theirs, as it stands now</span>
            <span class="plus">Yours, with theirs in it</span>
          </div>
        )
        : null}
      <div ref={host} class="editor versions" />
    </>
  );
}

const clashSentence = (count: number): string =>
  count === 1
    ? "One place was changed by both: there yours stands."
    : `${count} places were changed by both: there yours stands.`;
