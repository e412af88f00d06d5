/** What the agents of a run told and asked, and what people answered, in order of time. */

import type { StoredDispatch } from "../lib/control/dispatches.ts";
import type { StoredReply } from "../lib/control/replies.ts";
import { ask } from "./api.ts";
import { Ago } from "./parts/ago.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Markdown } from "./parts/markdown.tsx";
import { Pill } from "./parts/mark.tsx";
import { Section } from "./parts/small.tsx";
import { toastProblem } from "./parts/toast.tsx";
import { bearer } from "./session.ts";
import { type Place, repoApi } from "./place.ts";
import { useResource } from "./resource.ts";
import { useLiveRefresh } from "./soon.ts";

type ShownDispatch = Omit<StoredDispatch, "folder"> & { readonly isOpen: boolean };
type ShownReply = Omit<StoredReply, "folder">;

interface Box {
  readonly run: string | null;
  readonly dispatches: readonly ShownDispatch[];
  readonly replies: readonly ShownReply[];
}

export function RunMessages({ place, run }: { place: Place; run: string }) {
  const api = repoApi(place);
  const box = useResource<Box>(`${api}/dispatches?run=${encodeURIComponent(run)}`);
  useLiveRefresh(box.refresh);
  const { value } = box.state.value;
  if (value === null || value.dispatches.length === 0) return null;
  return (
    <Section title="Messages" aside={`${value.dispatches.length} from the agents`}>
      <ol class="messages">
        {value.dispatches.map((it) => (
          <li key={it.number} class="run-message">
            <header class="inbox-head">
              <strong>
                <Foreign text={it.title} />
              </strong>
              {it.mode === "pause"
                ? (
                  <Pill
                    state={it.isOpen ? "handoff" : "done"}
                    words={it.isOpen ? "asks" : "answered"}
                  />
                )
                : null}
              <span class="dim small">
                <Ago atMs={it.atMs} />
              </span>
            </header>
            <Markdown text={it.body} />
            <Attachments api={api} run={run} dispatch={it} />
            {value.replies.filter((reply) => reply.answers === it.number).map((reply) => (
              <blockquote key={reply.number} class="run-reply">
                <Markdown text={reply.text} />
                <span class="dim small">
                  your reply, <Ago atMs={reply.atMs} />
                </span>
              </blockquote>
            ))}
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Attachments(
  { api, run, dispatch }: { api: string; run: string; dispatch: ShownDispatch },
) {
  if (dispatch.attachments.length === 0) return null;
  const path = (name: string) =>
    `${api}/dispatches/${dispatch.number}/files/${encodeURIComponent(name)}?run=${run}`;
  return (
    <div class="button-row">
      {dispatch.attachments.map((name) => (
        <button
          key={name}
          type="button"
          class="link"
          onClick={() => void save(path(name), name)}
        >
          <Foreign text={name} />
        </button>
      ))}
    </div>
  );
}

/** A link cannot send the token: the file is fetched and handed to the browser as its own. */
async function save(path: string, name: string): Promise<void> {
  try {
    const response = await fetch(path, { credentials: "omit", headers: bearer() });
    if (!response.ok) await ask(path);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (thrown) {
    toastProblem(thrown);
  }
}
