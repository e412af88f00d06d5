/** Where one writes to an agent: kept while it is not sent, with files, and the way to interrupt. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { byteSize } from "../lib/base/text.ts";
import { ask, post } from "./api.ts";
import { useFlag } from "./flag.ts";
import { Button } from "./parts/button.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { toast, toastProblem } from "./parts/toast.tsx";

/** How long after the last key a draft is kept, in milliseconds. */
const KEEP_MS = 800;
/** All files of one message together, in bytes: what the server takes. */
const FILES_BYTES_MAX = 500_000;

interface Picked {
  readonly name: string;
  readonly bytes: number;
  readonly base64: string;
}

export interface ComposerProps {
  readonly api: string;
  readonly isAnswering: boolean;
  readonly isArchived: boolean;
  /** What was begun and not sent, as the server keeps it. */
  readonly draft: string;
}

export function Composer({ api, isAnswering, isArchived, draft }: ComposerProps) {
  const text = useSignal("");
  const files = useSignal<readonly Picked[]>([]);
  const busy = useFlag();
  useDraft(api, draft, text);
  const send = async () => {
    if (text.value.trim() === "" || busy.value) return;
    busy.value = true;
    try {
      await post(`${api}/messages`, {
        text: text.value,
        clientId: crypto.randomUUID(),
        files: files.value.map(({ name, base64 }) => ({ name, base64 })),
      });
      text.value = "";
      files.value = [];
    } catch (thrown) {
      toastProblem(thrown);
    }
    busy.value = false;
  };
  const interrupt = async () => {
    try {
      await post(`${api}/interrupt`);
    } catch (thrown) {
      toastProblem(thrown);
    }
  };
  if (isArchived) return <p class="composer dim">This chat is archived. Bring it back to go on.</p>;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        class="textarea"
        aria-label="Message"
        placeholder={isAnswering ? "Goes out when the answer has ended" : "Say something"}
        rows={3}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
        }}
      />
      <div class="button-row">
        <Button kind="primary" type="submit" icon="send" busy={busy.value}>
          {isAnswering ? "Queue" : "Send"}
        </Button>
        {isAnswering
          ? <Button icon="stop" onClick={() => void interrupt()}>Interrupt</Button>
          : null}
        <FilePicker files={files} />
        <span class="dim small">Ctrl Enter sends</span>
      </div>
    </form>
  );
}

/** Takes up the server's draft once, and keeps what is written there a moment after it was. */
function useDraft(api: string, draft: string, text: { value: string; peek(): string }): void {
  const taken = useRef<string | null>(null);
  useEffect(() => {
    if (taken.current !== null || draft === "") return;
    taken.current = draft;
    if (text.peek() === "") text.value = draft;
  }, [draft]);
  useEffect(() => {
    if (text.value === (taken.current ?? "")) return;
    const timer = setTimeout(() => {
      taken.current = text.peek();
      ask(api, { method: "PATCH", body: { draft: text.peek() } }).catch(() => {});
    }, KEEP_MS);
    return () => clearTimeout(timer);
  }, [text.value]);
}

function FilePicker(
  { files }: { files: { value: readonly Picked[] } },
) {
  const input = useRef<HTMLInputElement>(null);
  const pick = async (list: FileList | null) => {
    const added = await Promise.all([...list ?? []].map(async (file) => ({
      name: file.name,
      bytes: file.size,
      base64: base64Of(new Uint8Array(await file.arrayBuffer())),
    })));
    const all = [...files.value, ...added];
    const bytes = all.reduce((sum, it) => sum + it.bytes, 0);
    if (bytes <= FILES_BYTES_MAX) files.value = all;
    else {toast(
        "failed",
        `The files have ${byteSize(bytes)}; ${byteSize(FILES_BYTES_MAX)} go along`,
      );}
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          void pick(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
      <Button
        kind="quiet"
        icon="attach"
        label="Attach files"
        onClick={() => input.current?.click()}
      />
      {files.value.map((it) => (
        <span key={it.name} class="tag">
          <Foreign text={it.name} /> {byteSize(it.bytes)}
        </span>
      ))}
    </>
  );
}

/** In pieces: a call takes only so many arguments. */
function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8_192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  }
  return btoa(text);
}
