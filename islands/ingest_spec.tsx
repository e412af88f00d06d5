/** Queues the ticket that turns the spec into tickets. */

import { post } from "./api.ts";
import { useFlag } from "./flag.ts";
import { Button } from "./parts/button.tsx";
import { Dialog } from "./parts/dialog.tsx";
import { toastProblem } from "./parts/toast.tsx";
import { LINKS, type Place, repoApi } from "./place.ts";

export function IngestSpec(
  { place, isEmpty, isEdited }: { place: Place; isEmpty: boolean; isEdited: boolean },
) {
  const asking = useFlag();
  const busy = useFlag();
  const queue = async () => {
    busy.value = true;
    try {
      const { ticket } = await post<{ ticket: string }>(`${repoApi(place)}/workspace/spec/ingest`);
      location.assign(LINKS.ticket(place.repo ?? "", ticket));
    } catch (thrown) {
      asking.value = false;
      toastProblem(thrown);
    }
    busy.value = false;
  };
  return (
    <>
      <Button
        icon="list"
        label="Turn the spec into tickets"
        unavailable={reasonAgainst(isEmpty, isEdited)}
        onClick={() => (asking.value = true)}
      >
        <span class="with-room">Turn the spec into tickets</span>
        <span class="in-short">Tickets</span>
      </Button>
      <Dialog
        title="Turn the spec into tickets?"
        open={asking.value}
        onClose={() => (asking.value = false)}
        foot={
          <>
            <Button onClick={() => (asking.value = false)}>Cancel</Button>
            <Button kind="primary" busy={busy.value} onClick={() => void queue()}>
              Queue the ticket
            </Button>
          </>
        }
      >
        <p>
          A ticket goes to the end of the queue. When the run comes to it, an agent reads the spec
          and writes one ticket for each step that leads to it. Nothing is started by this.
        </p>
      </Dialog>
    </>
  );
}

function reasonAgainst(isEmpty: boolean, isEdited: boolean): string | null {
  if (isEdited) return "Save the spec first";
  return isEmpty ? "The spec is empty" : null;
}
