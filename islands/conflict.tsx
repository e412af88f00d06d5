/** Two versions of one document: a person takes theirs, keeps their own, or makes one of both. */

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
        : <TwoVersions theirs={conflict.theirs.text} mine={conflict.mine} handle={versions} />}
    </Dialog>
  );
}

const SIDE_BY_SIDE: boolean = true;

function TwoVersions(
  { theirs, mine, handle }: {
    theirs: string;
    mine: string;
    handle: { current: VersionsHandle | null };
  },
) {
  const host = useRef<HTMLDivElement>(null);
  const beside = useFlag(SIDE_BY_SIDE);
  useEffect(() => {
    let isWanted = true;
    const isWide = matchMedia(WIDE).matches;
    beside.value = isWide;
    void import("./versions_view.ts").then(({ openVersions }) => {
      if (!isWanted || host.current === null) return;
      handle.current = openVersions(host.current, { theirs, mine, sideBySide: isWide });
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
          ? "Theirs stands left, yours right. The arrows between them bring a change over; yours can be typed in."
          : "This is yours; what theirs has instead stands above each change. It can be typed in."}
      </p>
      {beside.value
        ? (
          <div class="versions-heads" aria-hidden="true">
            <span class="minus">Theirs, as it stands now</span>
            <span class="plus">Yours</span>
          </div>
        )
        : null}
      <div ref={host} class="editor versions" />
    </>
  );
}
