/** CAR's log files: the end of one, filtered, and what is added while one looks. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "./api.ts";
import { useFlag } from "./flag.ts";
import { openLive } from "./live.ts";
import { Foreign } from "./parts/foreign.tsx";
import { Notice, Section } from "./parts/small.tsx";
import { VirtualList } from "./parts/virtual_list.tsx";
import { repoApi } from "./place.ts";
import { Problem } from "./problem.ts";
import { access } from "./session.ts";
import type { SettingsProps } from "./settings_types.ts";

/** What the server gives at most, and the page keeps. */
const LINES_MAX = 100_000;
/** Of a line, in CSS pixels. */
const LINE_HEIGHT = 20;

/** What one looks at a log for. */
const FOLLOWS: boolean = true;

type Which = "car" | "server";

export function LogSection({ place, repo }: SettingsProps) {
  const which = useSignal<Which>("car");
  const wanted = useSignal("");
  const follows = useFlag(FOLLOWS);
  const { lines, path, problem } = useLog(repoApi(place, repo), which.value, follows.value);
  const words = wanted.value.toLowerCase();
  const shown = words === "" ? lines : lines.filter((it) => it.toLowerCase().includes(words));
  return (
    <Section title="Log" aside={<Foreign text={path} />}>
      <div class="button-row">
        <select
          class="select settings-which"
          aria-label="Which log"
          value={which.value}
          onChange={(
            event,
          ) => (which.value = event.currentTarget.value === "server" ? "server" : "car")}
        >
          <option value="car">what CAR did</option>
          <option value="server">what agents and the server said</option>
        </select>
        <input
          class="input settings-find"
          type="search"
          placeholder="Only lines with"
          aria-label="Only lines with"
          value={wanted.value}
          onInput={(event) => (wanted.value = event.currentTarget.value)}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={follows.value}
            onChange={(event) => (follows.value = event.currentTarget.checked)}
          />
          Follow
        </label>
        <span class="dim small">{shown.length} lines</span>
      </div>
      {problem === null
        ? null
        : <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>}
      {shown.length === 0 ? <p class="dim">No lines.</p> : (
        <VirtualList
          class="panel log-list"
          label="Log"
          items={shown}
          rowHeight={LINE_HEIGHT}
          keyOf={(_, at) => at}
          followEnd={follows.value}
          render={(line) => (
            <code class="log-line" title={line}>
              <Foreign text={line} />
            </code>
          )}
        />
      )}
    </Section>
  );
}

interface Log {
  readonly path: string;
  readonly lines: readonly string[];
  readonly problem: Problem | null;
}

const EMPTY: Log = { path: "", lines: [], problem: null };

/** The end of the log, and what is added to it while it is followed. */
function useLog(api: string, which: Which, follows: boolean): Log {
  const log = useSignal<Log>(EMPTY);
  const isOpen = access.value === "open";
  useEffect(() => {
    if (!isOpen) return;
    log.value = EMPTY;
    get<{ path: string; lines: readonly string[] }>(`${api}/logs?which=${which}&tail=${LINES_MAX}`)
      .then(
        ({ path, lines }) => (log.value = { path, lines, problem: null }),
        (thrown) => (log.value = { ...EMPTY, problem: Problem.of(thrown) }),
      );
  }, [api, which, isOpen]);
  useEffect(() => {
    if (!isOpen || !follows) return;
    const stream = openLive(`${api}/logs/stream?which=${which}`, ({ type, data }) => {
      if (type !== "lines") return;
      const now = log.peek();
      log.value = { ...now, lines: [...now.lines, ...data as readonly string[]].slice(-LINES_MAX) };
    });
    return () => stream.close();
  }, [api, which, follows, isOpen]);
  return log.value;
}
