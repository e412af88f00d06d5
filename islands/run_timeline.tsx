/** The line of time of a run: turns that open to what they changed, and the moments between them. */

import { duration, plural, thousands } from "../lib/base/text.ts";
import { useFlag } from "./flag.ts";
import { Ago, Elapsed } from "./parts/ago.tsx";
import { Ansi } from "./parts/ansi.tsx";
import { Diff } from "./parts/diff.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Mark, Pill } from "./parts/mark.tsx";
import { Fold, Notice } from "./parts/small.tsx";
import { LINKS, type Place, repoApi } from "./place.ts";
import { useResource } from "./resource.ts";
import type { TurnDiff } from "./run_types.ts";
import type { TimelineEntry } from "./timeline.ts";

export function RunTimeline(
  { place, entries }: { place: Place; entries: readonly TimelineEntry[] },
) {
  return (
    <ol class="timeline">
      {entries.map((entry) =>
        entry.type === "turn"
          ? <TurnEntry key={entry.turn.turn} place={place} entry={entry} />
          : (
            <li key={entry.step.seq} class="timeline-step">
              <Mark tone="idle" />
              <span class="soft">
                <Foreign text={entry.step.words} />
              </span>
              <span class="dim small">
                <Ago atMs={entry.atMs} />
              </span>
            </li>
          )
      )}
    </ol>
  );
}

type TurnEntryFacts = Extract<TimelineEntry, { type: "turn" }>;

function TurnEntry({ place, entry }: { place: Place; entry: TurnEntryFacts }) {
  const { turn, verdicts } = entry;
  const isOpen = useFlag();
  const tokens = turn.usage.input + turn.usage.output;
  return (
    <li class="timeline-turn">
      <details onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
        <summary>
          <Pill state={turn.result ?? "running"} />
          <span class="ellipsis grow">
            <strong>Turn {turn.ordinal}</strong> <Foreign text={turn.ticketName} />
          </span>
          <span class="dim small">
            <Foreign text={turn.agent} />, {turn.endedAtMs === null
              ? <Elapsed sinceMs={turn.startedAtMs} />
              : duration(turn.endedAtMs - turn.startedAtMs)}
            {tokens === 0 ? "" : `, ${thousands(tokens)} tokens`}
            {turn.toolCalls === 0 ? "" : `, ${plural(turn.toolCalls, "tool")}`}
          </span>
          {verdicts.map((it) => <Pill key={it.seq} state={it.type} />)}
        </summary>
        {isOpen.value ? <TurnBody place={place} entry={entry} /> : null}
      </details>
    </li>
  );
}

function TurnBody({ place, entry }: { place: Place; entry: TurnEntryFacts }) {
  const { turn, verdicts } = entry;
  return (
    <div class="timeline-body">
      {turn.error === null ? null : (
        <Notice tone="failed" title={turn.errorKind ?? "failed"}>
          <Foreign text={turn.error} />
        </Notice>
      )}
      {verdicts.map((it) => (
        <div key={it.seq} class="section">
          {it.reasons.map((reason) => (
            <p key={reason} class="soft">
              <Foreign text={reason} />
            </p>
          ))}
          {it.evidence.map((check) => (
            <Fold
              key={check.command}
              summary={
                <span class="tool-line">
                  <Mark
                    tone={check.exitCode === 0 ? "done" : "failed"}
                    label={check.exitCode === 0 ? "passed" : "failed"}
                  />
                  <code class="ellipsis">
                    <Foreign text={check.command} />
                  </code>
                  <span class="small dim">
                    {check.timedOut ? "timed out" : `exit ${check.exitCode ?? check.signal}`},{" "}
                    {duration(check.seconds * 1000)}
                  </span>
                </span>
              }
            >
              <div class="code">
                <Ansi text={check.outputTail} />
              </div>
            </Fold>
          ))}
        </div>
      ))}
      <TurnChanges place={place} turn={turn.turn} />
      <p class="small">
        <a href={LINKS.ticket(place.repo ?? "", turn.ticket)}>To the ticket</a>
      </p>
    </div>
  );
}

/** What a turn changed, asked for when it is shown. */
export function TurnChanges({ place, turn }: { place: Place; turn: string }) {
  const changes = useResource<TurnDiff>(
    `${repoApi(place)}/turns/${encodeURIComponent(turn)}/diff`,
  );
  const { value, problem } = changes.state.value;
  if (problem !== null) return <Notice tone="failed" title={problem.message} />;
  if (value === null) return <p class="dim">Looking at what it changed</p>;
  if (value.missing !== null) return <p class="dim">{value.missing}</p>;
  return (
    <>
      <Diff text={value.diff} />
      {value.cut ? <p class="dim">The rest is cut: it is too long to show.</p> : null}
    </>
  );
}
