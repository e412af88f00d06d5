/** The frame of every page: the rail with the repos, the head with the way back, the page itself. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useFlag } from "./flag.ts";
import { openPalette, Palette } from "./palette.tsx";
import { Button } from "./parts/button.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Icon, type IconName } from "./parts/icon.tsx";
import { Mark, StateMark } from "./parts/mark.tsx";
import { Notice } from "./parts/small.tsx";
import { Toasts } from "./parts/toast.tsx";
import { LINKS, type Place } from "./place.ts";
import { nested, shortName } from "./repo_rows.ts";
import { access, giveToken, wasRefused } from "./session.ts";
import { attention, rows, rowsProblem, stream } from "./store.ts";
import { setTheme, type Theme, theme } from "./theme.ts";

export interface Crumb {
  readonly label: string;
  readonly href: string;
}

export interface FrameProps {
  readonly place: Place;
  readonly title: string;
  /** From the outermost to the one above the title. */
  readonly crumbs?: readonly Crumb[];
  /** Which link of the rail is this page; the repo's own when absent. */
  readonly at?: "home" | "inbox" | "chat" | "usage" | "settings";
  /** Beside the title, before the actions. */
  readonly state?: ComponentChildren;
  readonly actions?: ComponentChildren;
  /** Under the head, across the page. */
  readonly tabs?: ComponentChildren;
  /** The page uses the whole room below the head. */
  readonly full?: boolean;
  readonly children: ComponentChildren;
}

export function Frame(props: FrameProps) {
  const { place, title, crumbs = [], state, actions, tabs, full = false } = props;
  const rail = useFlag();
  return (
    <div class="frame" data-rail={rail.value ? "open" : "closed"}>
      <a class="skip" href="#page">Skip to the page</a>
      <Rail place={place} at={props.at ?? null} />
      <button
        type="button"
        class="rail-veil"
        aria-label="Close the list of repos"
        onClick={() => (rail.value = false)}
      />
      <div class="main">
        <header class="head">
          <span class="open-rail">
            <Button
              kind="quiet"
              icon="menu"
              label="Repos and pages"
              onClick={() => (rail.value = !rail.value)}
            />
          </span>
          <div class="crumbs">
            {crumbs.map((it) => (
              <>
                <a href={it.href}>
                  <Foreign text={it.label} />
                </a>
                <span class="slash" aria-hidden="true">/</span>
              </>
            ))}
            <h1>
              <Foreign text={title} />
            </h1>
            {state}
          </div>
          {actions === undefined || access.value === "closed"
            ? null
            : <div class="head-actions">{actions}</div>}
        </header>
        {tabs}
        <main class={full ? "body full" : "body"} id="page" tabIndex={-1}>
          <Door>{props.children}</Door>
        </main>
      </div>
      <Toasts />
      <Palette place={place} />
    </div>
  );
}

/** The page when the server lets us in; else how to get in. */
function Door({ children }: { children: ComponentChildren }) {
  if (access.value === "closed") return <AskToken />;
  const problem = rowsProblem.value;
  return (
    <>
      {problem !== null && rows.value === null
        ? <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>
        : null}
      {children}
    </>
  );
}

function AskToken() {
  const typed = useSignal("");
  return (
    <form
      class="empty"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.value.trim() !== "") giveToken(typed.value);
      }}
    >
      <h2>This page needs its token</h2>
      <p>
        CAR lets nobody in without it. Open the address that <code>car web</code>{" "}
        prints, or paste the token from <code>.codex-autorunner/token</code>.
      </p>
      {wasRefused.value === "yes"
        ? <p class="tone" data-tone="failed" role="alert">CAR does not take this token.</p>
        : null}
      <div class="button-row">
        <input
          class="input"
          type="password"
          autocomplete="off"
          aria-label="Token"
          value={typed.value}
          onInput={(event) => (typed.value = event.currentTarget.value)}
        />
        <Button kind="primary" type="submit">Open</Button>
      </div>
    </form>
  );
}

function RailLink(
  { href, icon, label, current, count = 0 }: {
    href: string;
    icon: IconName;
    label: string;
    current: boolean;
    count?: number;
  },
) {
  return (
    <a class="rail-link" href={href} aria-current={current ? "page" : undefined}>
      <Icon name={icon} />
      <span class="name">{label}</span>
      {count === 0
        ? null
        : <span class="pill" data-tone="waiting" aria-label={`${count} open`}>{count}</span>}
    </a>
  );
}

function Rail({ place, at }: { place: Place; at: FrameProps["at"] | null }) {
  return (
    <nav class="rail" aria-label="CAR">
      <div class="rail-head">
        <a class="wordmark" href={LINKS.home()}>
          <img src="/mark.svg" width="22" height="22" alt="" />CAR
        </a>
        <span class="fill" />
        <Button kind="quiet" icon="search" label="Find anything (Ctrl K)" onClick={openPalette} />
      </div>
      <div>
        {place.mode === "hub"
          ? <RailLink href="/" icon="home" label="Overview" current={at === "home"} />
          : null}
        <RailLink
          href={LINKS.inbox()}
          icon="inbox"
          label="Inbox"
          current={at === "inbox"}
          count={attention.value}
        />
        <RailLink href={LINKS.chats()} icon="chat" label="Chat" current={at === "chat"} />
        <RailLink href={LINKS.usage()} icon="usage" label="Usage" current={at === "usage"} />
      </div>
      <RailRepos place={place} current={at === null ? place.repo : null} />
      <div class="rail-foot">
        <RailLink
          href={LINKS.settings()}
          icon="settings"
          label="Settings"
          current={at === "settings"}
        />
        <Connection />
        <ThemeSwitch />
      </div>
    </nav>
  );
}

function RailRepos({ place, current }: { place: Place; current: string | null }) {
  const list = rows.value;
  if (list === null || list.length === 0) return null;
  return (
    <div>
      <h2 class="rail-title">{place.mode === "hub" ? "Repos" : "Repo"}</h2>
      {nested(list).map((row) => (
        <a
          key={row.id}
          class={row.kind === "worktree" ? "rail-link nested" : "rail-link"}
          href={LINKS.repo(row.id)}
          aria-current={row.id === current ? "page" : undefined}
          title={row.reason}
        >
          <StateMark state={row.status} />
          <span class="name">
            <Foreign text={shortName(row)} />
          </span>
          {row.total === null || row.total === 0
            ? null
            : <span class="count">{row.done ?? 0}/{row.total}</span>}
        </a>
      ))}
    </div>
  );
}

const CONNECTION = {
  shut: { tone: "idle", words: "Not let in" },
  connecting: { tone: "idle", words: "Connecting" },
  live: { tone: "done", words: "Live" },
  lost: { tone: "failed", words: "Connection lost; trying again" },
} as const;

function Connection() {
  const isShut = access.value === "closed";
  const state = isShut ? "shut" : stream.value?.state.value.type ?? "connecting";
  const { tone, words } = CONNECTION[state];
  return (
    <div class="connection" data-state={state} role="status">
      <Mark tone={tone} />
      {words}
    </div>
  );
}

const NEXT_THEME: Readonly<Record<Theme, Theme>> = {
  system: "light",
  light: "dark",
  dark: "system",
};

function ThemeSwitch() {
  const now = theme.value;
  return (
    <button
      type="button"
      class="connection theme-switch"
      onClick={() => setTheme(NEXT_THEME[theme.peek()])}
    >
      <Icon name={now === "dark" ? "moon" : "sun"} />
      Colours: {now === "system" ? "as the system" : now}
    </button>
  );
}
