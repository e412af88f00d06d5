/** Tokens by day, agent, repo and ticket, and what the accounts have left. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { thousands } from "../../lib/base/text.ts";
import type { AccountWindow, UsageRow } from "../../lib/control/views_read.ts";
import { Frame } from "../frame.tsx";
import { Ago, Until } from "../parts/ago.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Plot } from "../parts/plot.tsx";
import { Empty, Meter, Notice, Section, Skeleton } from "../parts/small.tsx";
import { type PageProps, repoApi } from "../place.ts";
import { useResource } from "../resource.ts";
import { useLiveRefresh } from "../soon.ts";
import { type DaySeries, sharesOf, stacked, tokensOf, wholeDays } from "../usage_days.ts";

interface Usage {
  readonly day: readonly UsageRow[];
  readonly agent: readonly UsageRow[];
  readonly ticket: readonly UsageRow[];
  readonly repo?: readonly UsageRow[];
  readonly quota: readonly AccountWindow[];
}

const SPANS = [7, 30, 90, 365] as const;

/** By what the columns of days are parted, in a hub. */
const PARTS = ["agent", "repo"] as const;
type Part = typeof PARTS[number];

export default function UsagePage({ place }: PageProps) {
  const days = useSignal<number>(30);
  const part = useSignal<Part>("agent");
  const inHub = place.mode === "hub";
  const base = inHub ? "/hub/usage" : `${repoApi(place)}/usage`;
  const asked = `days=${days.value}&offset=${localOffset()}`;
  const usage = useResource<Usage>(`${base}?${asked}`);
  const series = useResource<DaySeries>(
    inHub ? `/hub/usage/series?${asked}&by=${part.value}` : null,
  );
  useLiveRefresh(() => {
    usage.refresh();
    series.refresh();
  });
  const { value } = usage.state.value;
  const problem = usage.state.value.problem ?? series.state.value.problem;
  return (
    <Frame
      place={place}
      title="Usage"
      at="usage"
      actions={
        <select
          class="select"
          aria-label="Time"
          value={String(days.value)}
          onChange={(event) => (days.value = Number(event.currentTarget.value))}
        >
          {SPANS.map((it) => <option key={it} value={String(it)}>last {it} days</option>)}
        </select>
      }
    >
      {problem === null
        ? null
        : <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>}
      {value === null ? <Skeleton lines={8} /> : (
        <Tables
          usage={value}
          days={inHub ? series.state.value.value : ownDays(value, days.value)}
          parts={inHub ? <PartChoice part={part.value} choose={(it) => (part.value = it)} /> : null}
        />
      )}
    </Frame>
  );
}

/** Local time minus UTC, in minutes; the server has no need to know more of where one is. */
const localOffset = (): number => -new Date().getTimezoneOffset();

const ownDays = ({ day }: Usage, count: number): DaySeries =>
  wholeDays(day, { count, offsetMs: localOffset() * 60_000, nowMs: Date.now() });

function PartChoice({ part, choose }: { part: Part; choose: (part: Part) => void }) {
  return (
    <select
      class="select"
      aria-label="Parted"
      value={part}
      onChange={({ currentTarget: { value } }) => {
        const chosen = PARTS.find((it) => it === value);
        if (chosen !== undefined) choose(chosen);
      }}
    >
      {PARTS.map((it) => <option key={it} value={it}>by {it}</option>)}
    </select>
  );
}

interface TablesProps {
  readonly usage: Usage;
  /** Null while it is asked for. */
  readonly days: DaySeries | null;
  readonly parts: ComponentChildren;
}

function Tables({ usage, days, parts }: TablesProps) {
  const isNothing = usage.day.length === 0 && usage.quota.length === 0;
  if (isNothing) {
    return (
      <Empty title="Nothing was used in this time">
        Tokens are counted as agents tell them, turn by turn. The shell agent uses none.
      </Empty>
    );
  }
  return (
    <>
      {usage.quota.length === 0 ? null : <Quota windows={usage.quota} />}
      <Section
        title="By day"
        aside={`${thousands(usage.day.reduce((sum, it) => sum + tokensOf(it), 0))} tokens`}
        actions={parts}
      >
        {days === null ? <Skeleton lines={4} /> : <Days days={days} />}
      </Section>
      <div class="usage-columns">
        <UsageTable title="By agent" rows={usage.agent} />
        {usage.repo === undefined ? null : <UsageTable title="By repo" rows={usage.repo} />}
        <UsageTable title="By ticket" rows={usage.ticket} />
      </div>
    </>
  );
}

/** One shade a share, the strongest for the most used: see tokens.css. */
const SHADES = ["--share-1", "--share-2", "--share-3", "--share-4", "--share-5"] as const;

function Days({ days }: { days: DaySeries }) {
  const shares = sharesOf(days);
  if (shares.length === 0) {
    return <p class="dim small">Turns were worked, and no agent told of tokens.</p>;
  }
  const heights = stacked(shares);
  return (
    <Plot
      label="Tokens of each day"
      x={days.days.map((_, at) => at)}
      names={days.days}
      height={220}
      series={shares.map(({ label, values }, at) => ({
        label,
        values,
        heights: heights[at] ?? values,
        colour: SHADES[at] ?? SHADES[0],
        scale: "y",
        kind: "bars",
      }))}
    />
  );
}

/** From here on a window is nearly used up, in percent. */
const NEARLY = 85;

function Quota({ windows }: { windows: readonly AccountWindow[] }) {
  return (
    <Section title="What the accounts have left">
      <div class="panel">
        <table class="table stacked">
          <thead>
            <tr>
              <th scope="col">Account</th>
              <th scope="col">Window</th>
              <th scope="col">Used</th>
              <th scope="col">Back in</th>
              <th scope="col">Told</th>
            </tr>
          </thead>
          <tbody>
            {windows.map((it) => (
              <tr key={`${it.account} ${it.name}`}>
                <td>
                  <Foreign text={it.account} />
                </td>
                <td>
                  <Foreign text={it.name} />
                </td>
                <td>
                  <span class="tickets-done">
                    <Meter
                      value={it.usedPercent}
                      total={100}
                      tone={it.usedPercent >= NEARLY ? "waiting" : "done"}
                      label={`${it.usedPercent} percent used`}
                    />
                    {Math.round(it.usedPercent)} %
                  </span>
                </td>
                <td data-label="back in">
                  {it.resetsAtMs === null ? "unknown" : <Until atMs={it.resetsAtMs} />}
                </td>
                <td class="dim small" data-label="told">
                  <Ago atMs={it.atMs} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

/** The most used; the rest is a number. */
const ROWS_SHOWN = 25;

function UsageTable({ title, rows }: { title: string; rows: readonly UsageRow[] }) {
  const sorted = [...rows].sort((a, b) => tokensOf(b) - tokensOf(a) || b.turns - a.turns);
  const rest = sorted.length - ROWS_SHOWN;
  if (rows.length === 0) return null;
  return (
    <Section title={title}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col" class="grow">Name</th>
            <th scope="col" class="num">Turns</th>
            <th scope="col" class="num">In</th>
            <th scope="col" class="num">Cached</th>
            <th scope="col" class="num">Out</th>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, ROWS_SHOWN).map((it) => (
            <tr key={it.key}>
              <td class="grow">
                <Foreign text={it.key} />
              </td>
              <td class="num">{it.turns}</td>
              <td class="num">{thousands(it.usage.input)}</td>
              <td class="num dim">{thousands(it.usage.cached)}</td>
              <td class="num">{thousands(it.usage.output)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rest > 0 ? <p class="dim small">and {rest} more</p> : null}
    </Section>
  );
}
