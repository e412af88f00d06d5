/** Every part in every state, for those who build pages: `/_gallery` on a server from the sources. */

import { useSignal } from "@preact/signals";
import { Ansi } from "../parts/ansi.tsx";
import { Ago, Elapsed, Until } from "../parts/ago.tsx";
import { Button, Kbd, LinkButton } from "../parts/button.tsx";
import { Code } from "../parts/code.tsx";
import { Confirm, Dialog } from "../parts/dialog.tsx";
import { Diff } from "../parts/diff.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Markdown } from "../parts/markdown.tsx";
import { Pill, StateMark } from "../parts/mark.tsx";
import { Menu } from "../parts/menu.tsx";
import { Empty, Field, Meter, Notice, Section, Skeleton, Tabs } from "../parts/small.tsx";
import { toast } from "../parts/toast.tsx";
import { VirtualList } from "../parts/virtual_list.tsx";
import { useFlag } from "../flag.ts";
import { Frame } from "../frame.tsx";
import type { PageProps } from "../place.ts";
import { STATES } from "../states.ts";

const MARKDOWN = `# Add a health route

The route answers **200** with \`{"ok": true}\`, see [the spec](https://example.org/spec).

- [x] write the handler
- [ ] <script>alert("not run")</script>

| field | type |
| ----- | ---- |
| ok | boolean |

> A handoff waits for its reply.

\`\`\`ts
const ok: boolean = await check("health");
\`\`\`
`;

const DIFF = `diff --git a/src/health.ts b/src/health.ts
--- a/src/health.ts
+++ b/src/health.ts
@@ -1,5 +1,6 @@
 import { app } from "./app.ts";
 
-app.get("/health", () => new Response("no"));
+app.get("/health", () => new Response("yes"));
+// \u202Eevil order
 
 export { app };
diff --git a/old name.md b/new name.md
similarity index 90%
rename from old name.md
rename to new name.md
`;

const CODE = "export const one = 1; // a remark\n";
const BRANCH = "feature/\u202Eevil\u200B-name";
const ANSI =
  "\u001b[32mok\u001b[0m 12 passed \u001b[31;1mfailed\u001b[0m 1 \u001b]0;title\u0007end";

export default function Gallery({ place }: PageProps) {
  return (
    <Frame place={place} title="Gallery">
      <Controls />
      <Words />
      <Layers />
      <Section title="Markdown">
        <Markdown text={MARKDOWN} />
      </Section>
      <Section title="Diff">
        <Diff text={DIFF} />
      </Section>
      <Section title="Code and output">
        <Code text={CODE} lang="ts" />
        <Ansi text={ANSI} />
      </Section>
      <Section title="A list of 5,000">
        <VirtualList
          class="panel gallery-list"
          label="Numbers"
          items={Array.from({ length: 5_000 }, (_, at) => at + 1)}
          rowHeight={32}
          keyOf={(it) => it}
          render={(it) => <div class="gallery-row">Row {it}</div>}
        />
      </Section>
    </Frame>
  );
}

function Controls() {
  const text = useSignal("");
  return (
    <Section title="Controls">
      <div class="button-row">
        <Button>Plain</Button>
        <Button kind="primary" icon="run">Run</Button>
        <Button kind="danger" icon="stop">Stop</Button>
        <Button kind="quiet" icon="copy" label="Copy" />
        <Button unavailable="A run is on already">Not now</Button>
        <Button busy>On its way</Button>
        <LinkButton href="#page" icon="link">A link</LinkButton>
        <Menu
          label="More"
          items={[
            { label: "Pause", icon: "pause", onChoose: () => toast("done", "Paused") },
            { label: "Kill", icon: "kill", kind: "danger", onChoose: () => {} },
          ]}
        />
        <Kbd>Ctrl</Kbd>
      </div>
      <Field label="Title" hint="One line">
        {(it) => (
          <input
            class="input"
            {...it}
            value={text.value}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label="Number" error="7 is taken by another ticket">
        {(it) => <input class="input" {...it} value="7" />}
      </Field>
      <Tabs
        label="Pages"
        tabs={[
          { href: "#a", label: "Queue", current: true, count: 12 },
          { href: "#b", label: "Runs", current: false },
        ]}
      />
    </Section>
  );
}

function Words() {
  const minuteAgo = Date.now() - 60_000;
  return (
    <Section title="States and moments">
      <div class="button-row">
        {Object.keys(STATES).map((state) => <Pill key={state} state={state} />)}
      </div>
      <div class="button-row">
        <StateMark state="running" />
        <Meter value={7} total={12} label="7 of 12 done" />
        <Ago atMs={minuteAgo} />
        <Elapsed sinceMs={minuteAgo} />
        <Until atMs={Date.now() + 90_000} />
        <Foreign text={BRANCH} />
      </div>
      <Notice tone="waiting" title="A handoff waits">Which database shall it be?</Notice>
      <Notice tone="failed" title="The config is wrong">line 4: agent: unknown "cdex"</Notice>
      <Skeleton lines={3} />
      <Empty title="No tickets yet" actions={<Button kind="primary">New ticket</Button>}>
        A ticket is one piece of work for an agent.
      </Empty>
    </Section>
  );
}

function Layers() {
  const dialog = useFlag();
  const confirm = useFlag();
  return (
    <Section title="Layers">
      <div class="button-row">
        <Button onClick={() => (dialog.value = true)}>Dialog</Button>
        <Button onClick={() => (confirm.value = true)}>Confirm</Button>
        <Button onClick={() => toast("done", "Saved")}>Toast</Button>
        <Button onClick={() => toast("failed", "Not saved", "The file has moved on.")}>
          Bad toast
        </Button>
      </div>
      <Dialog title="New ticket" open={dialog.value} onClose={() => (dialog.value = false)}>
        <p>What shall be done?</p>
      </Dialog>
      <Confirm
        title="Kill the run?"
        verb="Kill"
        open={confirm.value}
        onYes={() => (confirm.value = false)}
        onNo={() => (confirm.value = false)}
      >
        <p>The turn in hand is lost.</p>
      </Confirm>
    </Section>
  );
}
