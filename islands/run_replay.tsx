/** A run step by step: what came, what the run was then. By slider, buttons or arrow keys. */

import { useSignal } from "@preact/signals";
import { thousands } from "../lib/base/text.ts";
import { Button } from "./parts/button.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Pill } from "./parts/mark.tsx";
import { VirtualList } from "./parts/virtual_list.tsx";
import type { ReplayStep } from "./run_types.ts";

const ROW_HEIGHT = 32;

export function RunReplay({ steps }: { steps: readonly ReplayStep[] }) {
  const at = useSignal(0);
  const go = (to: number) => (at.value = Math.max(0, Math.min(steps.length - 1, to)));
  const step = steps[at.value];
  if (step === undefined) return <p class="dim">Nothing is recorded.</p>;
  return (
    <div class="section">
      <div class="button-row">
        <Button icon="left" label="Step back" onClick={() => go(at.value - 1)} />
        <Button icon="right" label="Step on" onClick={() => go(at.value + 1)} />
        <input
          class="replay-slider"
          type="range"
          aria-label="Step"
          min={0}
          max={steps.length - 1}
          value={at.value}
          onInput={(event) => go(Number(event.currentTarget.value))}
        />
        <span class="dim small">{at.value + 1} of {steps.length}</span>
      </div>
      <dl class="facts" aria-live="polite">
        <dt>Came</dt>
        <dd>
          <Foreign text={step.words} />
        </dd>
        <dt>Then</dt>
        <dd>
          <Pill state={step.status} /> {step.phase}
        </dd>
        <dt>Ticket</dt>
        <dd>
          <Foreign text={step.ticket ?? "none"} />
        </dd>
        <dt>So far</dt>
        <dd>{step.turns} turns, {thousands(step.tokens)} tokens</dd>
        {step.refused === null ? null : (
          <>
            <dt>Refused</dt>
            <dd>
              <Foreign text={step.refused} />
            </dd>
          </>
        )}
      </dl>
      <VirtualList
        class="panel replay-list"
        label="Steps"
        items={steps}
        rowHeight={ROW_HEIGHT}
        keyOf={(it) => it.seq}
        shownAt={at.value}
        render={(it, index) => (
          <button
            type="button"
            class="replay-row"
            aria-current={index === at.value ? "step" : undefined}
            onClick={() => go(index)}
          >
            <span class="dim mono">{it.seq}</span>
            <span class="ellipsis">
              <Foreign text={it.words} />
            </span>
          </button>
        )}
      />
    </div>
  );
}
