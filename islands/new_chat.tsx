/** The dialog for a new chat: where, with whom, and the first words. */

import { useSignal } from "@preact/signals";
import { ask } from "./api.ts";
import { useFlag } from "./flag.ts";
import { Button } from "./parts/button.tsx";
import { Dialog } from "./parts/dialog.tsx";
import { Field, Notice } from "./parts/small.tsx";
import { LINKS, type Place } from "./place.ts";
import { Problem } from "./problem.ts";
import { useResource } from "./resource.ts";
import { rows } from "./store.ts";

export function NewChat(
  { place, open, onClose }: { place: Place; open: boolean; onClose: () => void },
) {
  const repo = useSignal(place.mode === "hub" ? place.repo ?? "" : "");
  const agent = useSignal("");
  const posture = useSignal("");
  const text = useSignal("");
  const busy = useFlag();
  const problem = useSignal<Problem | null>(null);
  const where = repo.value === "" ? "" : `?repo=${encodeURIComponent(repo.value)}`;
  const agents = useResource<{ agents: readonly string[]; usual: string }>(
    open ? `/api/thread-agents${where}` : null,
  );
  const usual = agents.state.value.value?.usual ?? "";
  const begin = async () => {
    if (text.value.trim() === "") return;
    busy.value = true;
    problem.value = null;
    try {
      const { value } = await ask<{ thread: { id: string } }>("/api/threads", {
        method: "POST",
        body: {
          ...(repo.value === "" ? {} : { repo: repo.value }),
          ...(agent.value === "" ? {} : { agent: agent.value }),
          ...(posture.value === "" ? {} : { posture: posture.value }),
          message: { text: text.value },
        },
      });
      location.assign(LINKS.chat(value.thread.id));
    } catch (thrown) {
      problem.value = Problem.of(thrown);
    }
    busy.value = false;
  };
  return (
    <Dialog
      title="New chat"
      open={open}
      onClose={onClose}
      foot={
        <Button kind="primary" icon="send" busy={busy.value} onClick={() => void begin()}>
          Send
        </Button>
      }
    >
      <form
        class="section"
        onSubmit={(event) => {
          event.preventDefault();
          void begin();
        }}
      >
        {place.mode === "repo" ? null : <ScopeField repo={repo} />}
        <div class="field-row">
          <AgentField agent={agent} usual={usual} names={agents.state.value.value?.agents ?? []} />
          <PostureField posture={posture} />
        </div>
        <TextField text={text} onSend={() => void begin()} />
        {problem.value === null
          ? null
          : <Notice tone="failed" title={problem.value.message}>{problem.value.hint}</Notice>}
      </form>
    </Dialog>
  );
}

interface Held {
  value: string;
}

const TextField = ({ text, onSend }: { text: Held; onSend: () => void }) => (
  <Field label="Message" hint="Markdown; Ctrl Enter sends">
    {(it) => (
      <textarea
        class="textarea"
        autofocus
        {...it}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSend();
        }}
      />
    )}
  </Field>
);

const AgentField = (
  { agent, usual, names }: { agent: Held; usual: string; names: readonly string[] },
) => (
  <Field label="Agent">
    {(it) => (
      <select
        class="select"
        {...it}
        value={agent.value || usual}
        onChange={(event) => (agent.value = event.currentTarget.value)}
      >
        {names.map((name) => <option key={name} value={name}>{name}</option>)}
      </select>
    )}
  </Field>
);

function ScopeField({ repo }: { repo: Held }) {
  return (
    <Field label="Where">
      {(it) => (
        <select
          class="select"
          {...it}
          value={repo.value}
          onChange={(event) => (repo.value = event.currentTarget.value)}
        >
          <option value="">The hub as a whole</option>
          {(rows.value ?? []).filter((row) => row.initialized).map((row) => (
            <option key={row.id} value={row.id}>{row.displayName}</option>
          ))}
        </select>
      )}
    </Field>
  );
}

const PostureField = ({ posture }: { posture: Held }) => (
  <Field label="May do">
    {(it) => (
      <select
        class="select"
        {...it}
        value={posture.value}
        onChange={(event) => (posture.value = event.currentTarget.value)}
      >
        <option value="">as the config says</option>
        <option value="read-only">read only</option>
        <option value="safe">work in the repo, ask for more</option>
        <option value="yolo">everything</option>
      </select>
    )}
  </Field>
);
