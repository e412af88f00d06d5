/** The box in which a person says what an agent is to change. */

import { useSignal } from "@preact/signals";
import type { FileChatView } from "../lib/hub/file_chat/view.ts";
import { USER_AGENT } from "../lib/engine/ticket.ts";
import { post } from "./api.ts";
import { useFlag } from "./flag.ts";
import { Button } from "./parts/button.tsx";
import { toastProblem } from "./parts/toast.tsx";

export interface FileChatAskProps {
  /** Of file chats, in the API. */
  readonly address: string;
  readonly target: string;
  readonly agents: readonly string[];
  /** The draft that goes on; null begins one. */
  readonly view: FileChatView | null;
  readonly onAsked: () => void;
}

export function FileChatAsk({ address, target, agents, view, onAsked }: FileChatAskProps) {
  const text = useSignal("");
  const agent = useSignal("");
  const busy = useFlag();
  const isRunning = view?.state === "running";
  const chosen = agent.value === view?.agent ? "" : agent.value;
  const ask = async () => {
    if (text.value.trim() === "" || isRunning) return;
    busy.value = true;
    try {
      const who = chosen === "" ? {} : { agent: chosen };
      await post(address, { target, message: text.value, ...who });
      text.value = "";
      onAsked();
    } catch (thrown) {
      toastProblem(thrown);
    }
    busy.value = false;
  };
  return (
    <form
      class="section"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <textarea
        class="textarea file-chat-text"
        aria-label="What is to be changed"
        placeholder={view === null
          ? "What should be different? The file stays as it is until you apply the answer."
          : "And then?"}
        rows={2}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void ask();
        }}
      />
      <div class="button-row">
        <Button
          type="submit"
          icon="send"
          label="Ask (Ctrl Enter)"
          busy={busy.value}
          unavailable={isRunning ? "The agent is at it; interrupt it first" : null}
        >
          Ask
        </Button>
        <select
          class="select file-chat-agent"
          aria-label="Agent"
          value={chosen}
          onChange={(event) => (agent.value = event.currentTarget.value)}
        >
          <option value="">{view === null ? "the usual agent" : view.agent}</option>
          {agents.filter((it) => it !== USER_AGENT && it !== view?.agent).map((it) => (
            <option key={it} value={it}>{it}</option>
          ))}
        </select>
      </div>
    </form>
  );
}
