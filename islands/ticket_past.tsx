/** What happened to a ticket: why it is where it is, what its checks found, its turns and their changes. */

import { useSignal } from "@preact/signals";
import { duration, thousands } from "../lib/base/text.ts";
import type { TurnRow, VerdictRow } from "../lib/control/views_read.ts";
import { type Evidence, passed } from "../lib/engine/gate.ts";
import type { Explanation } from "../lib/engine/explain_run.ts";
import { nextInPage } from "./next_step.ts";
import { Ago, Elapsed } from "./parts/ago.tsx";
import { Ansi } from "./parts/ansi.tsx";
import { LinkButton } from "./parts/button.tsx";
import { Diff } from "./parts/diff.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Mark, Pill, StateMark } from "./parts/mark.tsx";
import { Fold, Notice, Section, Skeleton } from "./parts/small.tsx";
import { LINKS, type Place, repoApi } from "./place.ts";
import { useResource } from "./resource.ts";

export interface TicketHistory {
  readonly turns: readonly TurnRow[];
  readonly verdicts: readonly VerdictRow[];
}

export function TicketPast(
  { place, history, explanation }: {
    place: Place;
    history: TicketHistory;
    explanation: Explanation | null;
  },
) {
  const { turns, verdicts } = history;
  return (
    <>
      {explanation === null
        ? null
        : <Explained explanation={explanation} isHeld={verdicts.at(-1)?.type === "held"} />}
      {verdicts.length === 0 ? null : (
        <Section title="Verdicts" aside={verdicts.length}>
          <ol class="past">
            {verdicts.toReversed().map((it) => <VerdictView key={it.seq} verdict={it} />)}
          </ol>
        </Section>
      )}
      {turns.length === 0 ? null : (
        <Section title="Turns" aside={turns.length}>
          <ol class="past">
            {turns.toReversed().map((it) => <TurnLine key={it.turn} place={place} turn={it} />)}
          </ol>
        </Section>
      )}
    </>
  );
}

function Explained(
  { explanation: { headline, facts, next }, isHeld }: {
    explanation: Explanation;
    isHeld: boolean;
  },
) {
  return (
    <Section
      title="Where it stands"
      actions={isHeld
        ? <LinkButton icon="inbox" href={LINKS.inbox()}>Decide</LinkButton>
        : undefined}
    >
      <p>
        <Foreign text={headline} />.{" "}
        <span class="soft">
          <Foreign text={nextInPage(next)} />
        </span>
      </p>
      {facts.length === 0 ? null : (
        <Fold summary={<span>How it came to this</span>}>
          <ol class="past-facts small">
            {facts.map((it, at) => (
              <li key={at}>
                <span class="dim">{it.atMs === null ? null : <Ago atMs={it.atMs} />}</span>
                <Foreign text={it.text} />
              </li>
            ))}
          </ol>
        </Fold>
      )}
    </Section>
  );
}

function VerdictView({ verdict }: { verdict: VerdictRow }) {
  const { type, by, atMs, commit, reasons, evidence } = verdict;
  return (
    <li class="past-item">
      <div class="past-head">
        <Pill state={type} />
        <span class="small dim">
          {by === "person" ? "by a person, " : null}
          <Ago atMs={atMs} />
          {commit === null ? null : (
            <>
              , commit <code>{commit.slice(0, 8)}</code>
            </>
          )}
        </span>
      </div>
      {reasons.map((it) => (
        <p key={it} class="soft">
          <Foreign text={it} />
        </p>
      ))}
      {evidence.map((it, at) => <CheckView key={`${at} ${it.command}`} evidence={it} />)}
    </li>
  );
}

/** What a check ended with, in a word. */
function outcome({ timedOut, signal, exitCode }: Evidence): string {
  if (timedOut) return "ran out of time";
  if (signal !== null) return `ended by ${signal}`;
  return exitCode === 0 ? "passed" : `exit ${exitCode ?? "unknown"}`;
}

const SECOND_MS = 1_000;

export function CheckView({ evidence }: { evidence: Evidence }) {
  const { command, seconds, outputTail } = evidence;
  const summary = (
    <span class="tool-line">
      <Mark tone={passed(evidence) ? "done" : "failed"} label={outcome(evidence)} />
      <code class="ellipsis">
        <Foreign text={command} />
      </code>
      <span class="small dim tool-time">
        {outcome(evidence)}, {duration(seconds * SECOND_MS)}
      </span>
    </span>
  );
  if (outputTail.trim() === "") return <div class="fold check-silent">{summary}</div>;
  return (
    <Fold summary={summary}>
      <div class="code past-output" tabIndex={0} role="region" aria-label={`Output of ${command}`}>
        <Ansi text={outputTail} />
      </div>
    </Fold>
  );
}

function TurnLine({ place, turn }: { place: Place; turn: TurnRow }) {
  const { usage, result, agent, run, ordinal, toolCalls, filesChanged } = turn;
  const isWanted = useSignal<"no" | "yes">("no");
  const facts = [
    toolCalls === 0 ? null : `${toolCalls} ${toolCalls === 1 ? "tool call" : "tool calls"}`,
    filesChanged === 0 ? null : `${filesChanged} ${filesChanged === 1 ? "file" : "files"}`,
    `${thousands(usage.input + usage.output)} tokens`,
  ].filter((it) => it !== null);
  return (
    <li class="past-item">
      <div class="past-head">
        <StateMark state={result ?? "running"} />
        <span>
          <strong>Turn {ordinal}</strong> by <Foreign text={agent} />
        </span>
        <span class="fill" />
        <a class="small" href={LINKS.run(place.repo ?? "", run)}>{run}</a>
      </div>
      <p class="small dim">
        <TurnTime turn={turn} />, {facts.join(", ")}
      </p>
      {turn.error === null ? null : (
        <p class="soft tone" data-tone="failed">
          <Foreign text={turn.error} />
        </p>
      )}
      <Fold summary={<span>What it changed</span>} onOpen={() => (isWanted.value = "yes")}>
        {isWanted.value === "yes" ? <TurnDiff place={place} turn={turn} /> : null}
      </Fold>
    </li>
  );
}

function TurnTime({ turn: { startedAtMs, endedAtMs } }: { turn: TurnRow }) {
  if (endedAtMs === null) return <Elapsed sinceMs={startedAtMs} />;
  return (
    <>
      <Ago atMs={endedAtMs} />, took {duration(endedAtMs - startedAtMs)}
    </>
  );
}

interface Changes {
  readonly diff: string;
  readonly cut: boolean;
  readonly missing: string | null;
}

function TurnDiff({ place, turn }: { place: Place; turn: TurnRow }) {
  const { state } = useResource<Changes>(`${repoApi(place)}/turns/${turn.turn}/diff`);
  const { value, problem } = state.value;
  if (problem !== null) {
    return <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>;
  }
  if (value === null) return <Skeleton lines={3} />;
  if (value.missing !== null) return <p class="soft">{value.missing}</p>;
  return (
    <>
      <Diff text={value.diff} />
      {value.cut ? <p class="small dim">The rest is too long to be shown here.</p> : null}
    </>
  );
}
