/** One run: why it is where it is, its turns along the line of time, what each cost, and its replay. */

import { Fragment } from "preact";
import { thousands } from "../../lib/base/text.ts";
import { useFlag } from "../flag.ts";
import { nextInPage } from "../next_step.ts";
import { Ago, Elapsed } from "../parts/ago.tsx";
import { Button } from "../parts/button.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Pill } from "../parts/mark.tsx";
import { Plot } from "../parts/plot.tsx";
import { Notice, Section, Skeleton } from "../parts/small.tsx";
import { type PageProps, repoApi } from "../place.ts";
import { RepoFrame } from "../repo_frame.tsx";
import { useResource } from "../resource.ts";
import { RunMessages } from "../run_messages.tsx";
import { withoutState } from "../repo_rows.ts";
import { RunReplay } from "../run_replay.tsx";
import { RunTimeline } from "../run_timeline.tsx";
import type { Replay, RunDetail } from "../run_types.ts";
import { useLiveRefresh } from "../soon.ts";
import { timeline, turnColumns } from "../timeline.ts";

export default function Run({ place }: PageProps) {
  const id = place.params["run"] ?? "";
  const path = `${repoApi(place)}/runs/${encodeURIComponent(id)}`;
  const detail = useResource<RunDetail>(path);
  const replay = useResource<Replay>(`${path}/replay`);
  useLiveRefresh(() => {
    detail.refresh();
    replay.refresh();
  });
  const { value, problem } = detail.state.value;
  const steps = replay.state.value.value?.steps ?? [];
  return (
    <RepoFrame
      place={place}
      tab="runs"
      title={id}
      actions={
        <Button
          kind="quiet"
          icon="printer"
          label="Print the report"
          onClick={() => print()}
        />
      }
    >
      {problem === null
        ? null
        : <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>}
      {value === null ? <Skeleton lines={8} /> : (
        <>
          <Explained detail={value} />
          <Costs detail={value} />
          <RunMessages place={place} run={id} />
          <Section title="What happened">
            <RunTimeline
              place={place}
              entries={timeline(value.turns, value.verdicts, steps)}
            />
          </Section>
          <ReplaySection replay={replay.state.value.value} />
        </>
      )}
    </RepoFrame>
  );
}

function Explained({ detail }: { detail: RunDetail }) {
  const { run, explanation } = detail;
  const isOn = run.status === "running" || run.status === "stopping";
  return (
    <Section
      title={withoutState(explanation.headline)}
      aside={<Pill state={run.pause?.reason === "parked" ? "parked" : run.status} />}
    >
      <dl class="facts">
        <dt>Begun</dt>
        <dd>
          <Ago atMs={run.startedAtMs} />
        </dd>
        <dt>{isOn ? "On for" : "Rests since"}</dt>
        <dd>{isOn ? <Elapsed sinceMs={run.startedAtMs} /> : <Ago atMs={run.sinceMs} />}</dd>
        <dt>So far</dt>
        <dd>
          {run.done} {run.done === 1 ? "ticket" : "tickets"} done in {run.turns}{" "}
          {run.turns === 1 ? "turn" : "turns"}, {thousands(run.tokens)} tokens
        </dd>
        <dt>Next</dt>
        <dd>
          <Foreign text={nextInPage(explanation.next)} />
        </dd>
        {explanation.facts.map((it, at) => (
          <Fragment key={at}>
            <dt>{it.atMs === null ? "Known" : <Ago atMs={it.atMs} />}</dt>
            <dd>
              <Foreign text={it.text} />
            </dd>
          </Fragment>
        ))}
      </dl>
    </Section>
  );
}

/** One turn alone says nothing by its height. */
const TURNS_MIN = 2;

function Costs({ detail }: { detail: RunDetail }) {
  const { turns } = detail;
  if (turns.length < TURNS_MIN) return null;
  const columns = turnColumns(turns);
  const spends = columns.tokens.some((it) => it > 0);
  return (
    <Section title="What each turn cost">
      <Plot
        label={`Tokens and ${columns.unit} of each turn`}
        x={columns.ordinal.map((_, at) => at)}
        names={columns.ordinal.map((it) => `turn ${it}`)}
        height={200}
        series={[
          ...(spends
            ? [{
              label: "tokens",
              values: columns.tokens,
              colour: "--running",
              scale: "y" as const,
              kind: "bars" as const,
            }]
            : []),
          {
            label: columns.unit,
            values: columns.time,
            colour: spends ? "--waiting" : "--running",
            scale: spends ? "y2" : "y",
            kind: spends ? "line" : "bars",
          },
        ]}
      />
    </Section>
  );
}

function ReplaySection({ replay }: { replay: Replay | null }) {
  const isOpen = useFlag();
  return (
    <Section
      title="Replay"
      aside={replay === null
        ? undefined
        : replay.same
        ? `${replay.steps.length} recorded steps lead to the same state`
        : "leads elsewhere than recorded"}
      actions={
        <Button kind="quiet" onClick={() => (isOpen.value = !isOpen.value)}>
          {isOpen.value ? "Close" : "Step through"}
        </Button>
      }
    >
      {replay === null || replay.same
        ? null
        : <Notice tone="failed" title="The replay differs">{replay.difference}</Notice>}
      {isOpen.value && replay !== null ? <RunReplay steps={replay.steps} /> : null}
    </Section>
  );
}
