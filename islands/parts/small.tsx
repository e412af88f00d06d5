/** The parts that are a few lines each. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { Tone } from "../states.ts";
import { Foreign } from "./foreign.tsx";
import { Icon } from "./icon.tsx";
import { Mark } from "./mark.tsx";

/** A titled stretch of a page. */
export function Section(
  { title, aside, actions, children }: {
    title: string;
    /** Beside the title: a count, a state. */
    aside?: ComponentChildren;
    actions?: ComponentChildren;
    children: ComponentChildren;
  },
) {
  const id = useId();
  return (
    <section class="section" aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>
          <Foreign text={title} />
        </h2>
        {aside === undefined ? null : <span class="dim small">{aside}</span>}
        <span class="fill" />
        {actions === undefined ? null : <div class="button-row">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

/** Nothing here: what it means and what to do next. */
export function Empty(
  { title, children, actions }: {
    title: string;
    children?: ComponentChildren;
    actions?: ComponentChildren;
  },
) {
  return (
    <div class="empty">
      <h2>
        <Foreign text={title} />
      </h2>
      {children === undefined ? null : <p>{children}</p>}
      {actions === undefined ? null : <div class="button-row">{actions}</div>}
    </div>
  );
}

/** Something the reader has to know, where it concerns him. */
export function Notice(
  { tone, title, children, actions }: {
    tone: Tone;
    title: string;
    children?: ComponentChildren;
    actions?: ComponentChildren;
  },
) {
  return (
    <div class="notice" data-tone={tone} role={tone === "failed" ? "alert" : "status"}>
      <Mark tone={tone} />
      <div class="text">
        <strong>
          <Foreign text={title} />
        </strong>
        {children === undefined ? null : <div class="soft">{children}</div>}
      </div>
      {actions === undefined ? null : <div class="button-row">{actions}</div>}
    </div>
  );
}

/** A label, its input and what is wrong with it. `children` gets the ids to wire the input up. */
export function Field(
  { label, hint, error, children }: {
    label: string;
    hint?: string;
    error?: string | null;
    children: (wiring: {
      id: string;
      "aria-describedby": string | undefined;
      "aria-invalid": "true" | undefined;
    }) => ComponentChildren;
  },
) {
  const id = useId();
  const about = `${id}-about`;
  const said = error ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        "aria-describedby": said === undefined ? undefined : about,
        "aria-invalid": error ? "true" : undefined,
      })}
      {said === undefined ? null : <span id={about} class={error ? "error" : "hint"}>{said}</span>}
    </div>
  );
}

/** Done of total, as a bar; the numbers stand beside it. */
export function Meter(
  { value, total, tone = "done", label }: {
    value: number;
    total: number;
    tone?: Tone;
    label: string;
  },
) {
  const share = total === 0 ? 0 : Math.min(1, value / total);
  return (
    <span
      class="meter"
      data-tone={tone}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={value}
    >
      <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect width={share * 100} height="1" />
      </svg>
    </span>
  );
}

/** Grey bars while the first answer is on its way. */
export function Skeleton({ lines }: { lines: number }) {
  return (
    <div class="section" role="status" aria-busy="true" aria-label="Loading">
      {Array.from(
        { length: lines },
        (_, at) => (
          <svg key={at} class="skeleton" width={`${92 - (at * 37) % 45}%`} aria-hidden="true" />
        ),
      )}
    </div>
  );
}

export interface TabRow {
  readonly href: string;
  readonly label: string;
  readonly current: boolean;
  readonly count?: number | null;
}

/** The pages of one thing, as links: each has an address of its own. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly TabRow[] }) {
  const row = useRef<HTMLElement>(null);
  // On a phone not all of them have room: the one at hand is seen.
  useEffect(
    () =>
      row.current?.querySelector("[aria-current]")?.scrollIntoView({
        block: "nearest",
        inline: "nearest",
      }),
    [],
  );
  return (
    <nav ref={row} class="tabs" aria-label={label}>
      {tabs.map((it) => (
        <a
          key={it.href}
          class="tab"
          href={it.href}
          aria-current={it.current ? "page" : undefined}
        >
          {it.label}
          {it.count ? <span class="dim small">{it.count}</span> : null}
        </a>
      ))}
    </nav>
  );
}

/** Opens and closes what lies under it; closed by default. */
export function Fold(
  { summary, open = false, onOpen, children }: {
    summary: ComponentChildren;
    open?: boolean;
    /** E.g. to ask for what is shown then. */
    onOpen?: () => void;
    children: ComponentChildren;
  },
) {
  return (
    <details
      class="fold"
      open={open}
      onToggle={(event) => {
        if (event.currentTarget.open) onOpen?.();
      }}
    >
      <summary>
        <Icon name="right" />
        {summary}
      </summary>
      {children}
    </details>
  );
}
