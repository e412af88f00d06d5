/** The dialogs of the overview: a repo that is added or cloned, a worktree that is made. */

import { useSignal } from "@preact/signals";
import { post } from "./api.ts";
import { useFlag } from "./flag.ts";
import { Button } from "./parts/button.tsx";
import { Dialog } from "./parts/dialog.tsx";
import { Field, Notice } from "./parts/small.tsx";
import { toast } from "./parts/toast.tsx";
import type { Place } from "./place.ts";
import { Problem } from "./problem.ts";
import { lookAtRows } from "./store.ts";

interface Sending {
  readonly busy: boolean;
  readonly problem: Problem | null;
}

/** Sends a form once at a time and keeps what went wrong beside it. */
function useSending(place: Place, onDone: () => void) {
  const state = useSignal<Sending>({ busy: false, problem: null });
  const send = async (work: () => Promise<unknown>, words: string) => {
    if (state.value.busy) return;
    state.value = { busy: true, problem: null };
    try {
      await work();
      state.value = { busy: false, problem: null };
      toast("done", words);
      onDone();
      await lookAtRows(place);
    } catch (thrown) {
      state.value = { busy: false, problem: Problem.of(thrown) };
    }
  };
  return { state, send };
}

function Trouble({ problem }: { problem: Problem | null }) {
  if (problem === null) return null;
  return <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>;
}

/** A web or ssh address is cloned, a folder is added. */
const isAddress = (text: string): boolean =>
  /^(https?|ssh|git|file):\/\/|^[\w.-]+@[\w.-]+:/.test(text);

export function AddRepo(
  { place, open, onClose }: { place: Place; open: boolean; onClose: () => void },
) {
  const from = useSignal("");
  const { state, send } = useSending(place, () => {
    from.value = "";
    onClose();
  });
  const clones = isAddress(from.value.trim());
  const submit = () => {
    const given = from.value.trim();
    if (given === "") return;
    void send(
      () => clones ? post("/hub/repos/clone", { url: given }) : post("/hub/repos", { path: given }),
      clones ? "Cloned and added" : "Added",
    );
  };
  return (
    <Dialog
      title="Add a repo"
      open={open}
      onClose={onClose}
      foot={
        <Button kind="primary" busy={state.value.busy} onClick={submit}>
          {clones ? "Clone and add" : "Add"}
        </Button>
      }
    >
      <form
        class="section"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field
          label="Folder or address"
          hint="A folder with a git repo, or an address to clone from"
        >
          {(it) => (
            <input
              class="input"
              autofocus
              {...it}
              value={from.value}
              onInput={(event) => (from.value = event.currentTarget.value)}
            />
          )}
        </Field>
        <Trouble problem={state.value.problem} />
      </form>
    </Dialog>
  );
}

export function NewWorktree(
  { place, repo, onClose }: { place: Place; repo: string | null; onClose: () => void },
) {
  const branch = useSignal("");
  const withTickets = useFlag();
  const { state, send } = useSending(place, () => {
    branch.value = "";
    onClose();
  });
  const submit = () => {
    const name = branch.value.trim();
    if (name === "" || repo === null) return;
    const body = { repo, branch: name, withTickets: withTickets.value };
    void send(() => post("/hub/worktrees/create", body), `The worktree for ${name} is ready`);
  };
  return (
    <Dialog
      title={`New worktree of ${repo ?? ""}`}
      open={repo !== null}
      onClose={onClose}
      foot={<Button kind="primary" busy={state.value.busy} onClick={submit}>Make it</Button>}
    >
      <form
        class="section"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label="Branch" hint="One that exists, or a new one">
          {(it) => (
            <input
              class="input"
              autofocus
              {...it}
              value={branch.value}
              onInput={(event) => (branch.value = event.currentTarget.value)}
            />
          )}
        </Field>
        <label class="check">
          <input
            type="checkbox"
            checked={withTickets.value}
            onChange={(event) => (withTickets.value = event.currentTarget.checked)}
          />
          Take the open tickets along
        </label>
        <Trouble problem={state.value.problem} />
      </form>
    </Dialog>
  );
}
