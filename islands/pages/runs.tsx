/** Every run of a repo, newest first. */

import { duration, thousands } from "../../lib/base/text.ts";
import { Ago, Elapsed } from "../parts/ago.tsx";
import { Foreign } from "../parts/foreign.tsx";
import { Pill } from "../parts/mark.tsx";
import { Empty, Notice, Section, Skeleton } from "../parts/small.tsx";
import { LINKS, type PageProps, repoApi } from "../place.ts";
import { RepoFrame } from "../repo_frame.tsx";
import { useResource } from "../resource.ts";
import type { RunSummary } from "../run_types.ts";
import { useLiveRefresh } from "../soon.ts";

export default function Runs({ place }: PageProps) {
  const runs = useResource<{ runs: readonly RunSummary[] }>(`${repoApi(place)}/runs`);
  useLiveRefresh(runs.refresh);
  const { value, problem } = runs.state.value;
  return (
    <RepoFrame place={place} tab="runs">
      {problem === null
        ? null
        : <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>}
      {value === null ? <Skeleton lines={6} /> : value.runs.length === 0
        ? (
          <Empty title="No run yet">
            A run works the queue from its first open ticket until it is empty or needs you.
          </Empty>
        )
        : <RunTable place={place} runs={value.runs} />}
    </RepoFrame>
  );
}

const isOn = ({ status }: RunSummary): boolean => status === "running" || status === "stopping";

function RunTable({ place, runs }: PageProps & { runs: readonly RunSummary[] }) {
  return (
    <Section title={runs.length === 1 ? "One run" : `${runs.length} runs`}>
      <div class="panel">
        <table class="table stacked">
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">State</th>
              <th scope="col" class="grow">Why</th>
              <th scope="col">Begun</th>
              <th scope="col" class="num">Took</th>
              <th scope="col" class="num">Turns</th>
              <th scope="col" class="num">Tokens</th>
              <th scope="col" class="num">Done</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((it) => (
              <tr key={it.id}>
                <td class="num">
                  <a href={LINKS.run(place.repo ?? "", it.id)}>{it.id}</a>
                </td>
                <td>
                  <Pill state={it.pause?.reason === "parked" ? "parked" : it.status} />
                </td>
                <td class="grow soft">
                  <Foreign text={it.pause?.detail ?? it.ended ?? ""} />
                </td>
                <td class="dim small num" data-label="begun">
                  <Ago atMs={it.startedAtMs} />
                </td>
                <td class="num" data-label="took">
                  {isOn(it)
                    ? <Elapsed sinceMs={it.startedAtMs} />
                    : duration(it.sinceMs - it.startedAtMs)}
                </td>
                <td class="num" data-label="turns">{it.turns}</td>
                <td class="num" data-label="tokens">{thousands(it.tokens)}</td>
                <td class="num" data-label="done">{it.done}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
