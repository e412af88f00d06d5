/** What an agent says and does in a turn, item by item; tools are folded. */

import { duration } from "../lib/base/text.ts";
import { Elapsed } from "./parts/ago.tsx";
import { Ansi } from "./parts/ansi.tsx";
import { Diff } from "./parts/diff.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Markdown } from "./parts/markdown.tsx";
import { Mark } from "./parts/mark.tsx";
import { Fold } from "./parts/small.tsx";
import type { Tone } from "./states.ts";
import { rows } from "./store.ts";
import type { FeedItem } from "./turn_feed.ts";
import { shortCommand, shortPath } from "./turn_words.ts";

export function TurnView({ items }: { items: readonly FeedItem[] }) {
  return (
    <ol class="feed">
      {items.map((item) => (
        <li key={item.id} class="feed-item" data-type={item.type}>
          <ItemView item={item} />
        </li>
      ))}
    </ol>
  );
}

/** The folder of the repo that a text speaks of. */
const rootIn = (text: string): string | null =>
  rows.value?.map((it) => it.root).filter((root) => text.includes(`${root}/`))
    .sort((a, b) => b.length - a.length)[0] ?? null;

function ItemView({ item }: { item: FeedItem }) {
  switch (item.type) {
    case "text":
      return <Markdown text={item.text} />;
    case "reasoning":
      return (
        <Fold summary={<span class="dim">Thought</span>}>
          <Markdown text={item.text} />
        </Fold>
      );
    case "tool":
      return <ToolView tool={item} />;
    case "file":
      return <FileView file={item} />;
    case "plan":
      return <PlanView plan={item} />;
    case "remark":
      return (
        <p class="small soft remark" data-tone={item.bad ? "failed" : "idle"}>
          <Foreign text={item.text} />
        </p>
      );
  }
}

type ToolItem = Extract<FeedItem, { type: "tool" }>;

const TOOL_TONES: Readonly<Record<ToolItem["status"], Tone>> = {
  running: "running",
  ok: "done",
  failed: "failed",
  declined: "waiting",
};

function ToolView({ tool }: { tool: ToolItem }) {
  const summary = (
    <span class="tool-line">
      <Mark tone={TOOL_TONES[tool.status]} label={tool.status} />
      <code class="ellipsis">
        <Foreign text={shortCommand(tool.title, rootIn(tool.title))} title={tool.title} />
      </code>
      <span class="small dim tool-time">
        <ToolTime tool={tool} />
      </span>
    </span>
  );
  if (tool.output === "") return <div class="fold">{summary}</div>;
  return (
    <Fold summary={summary}>
      <div class="code">
        <Ansi text={tool.output} />
      </div>
    </Fold>
  );
}

function ToolTime({ tool }: { tool: ToolItem }) {
  if (tool.status === "running" && tool.startedAtMs !== null) {
    return <Elapsed sinceMs={tool.startedAtMs} />;
  }
  const took = tool.durationMs === null ? "" : duration(tool.durationMs);
  const exit = tool.exitCode === null || tool.exitCode === 0 ? "" : `exit ${tool.exitCode} `;
  return <>{exit}{took}</>;
}

const CHANGES: Readonly<Record<string, string>> = { add: "new", update: "changed", delete: "gone" };

function FileView({ file }: { file: Extract<FeedItem, { type: "file" }> }) {
  const line = (
    <span class="tool-line">
      <span class="tag">{CHANGES[file.change] ?? file.change}</span>
      <code class="ellipsis">
        <Foreign text={shortPath(file.path, rootIn(file.path))} title={file.path} />
      </code>
    </span>
  );
  if (file.diff === "") return <div class="fold">{line}</div>;
  return (
    <Fold summary={line}>
      <Diff text={file.diff} />
    </Fold>
  );
}

const STEP_TONES: Readonly<Record<string, Tone>> = {
  completed: "done",
  in_progress: "running",
  inProgress: "running",
};

function PlanView({ plan }: { plan: Extract<FeedItem, { type: "plan" }> }) {
  return (
    <ul class="plan">
      {plan.steps.map((it, at) => (
        <li key={at}>
          <Mark tone={STEP_TONES[it.status] ?? "idle"} label={it.status} />
          <Foreign text={it.text} />
        </li>
      ))}
    </ul>
  );
}
