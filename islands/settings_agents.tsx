/** The agents of a repo: found or not, version, login, posture, what is left of their quota. */

import type { AccountWindow } from "../lib/control/views_read.ts";
import { Foreign } from "./parts/foreign.tsx";
import { Mark } from "./parts/mark.tsx";
import { Notice, Section, Skeleton } from "./parts/small.tsx";
import { repoApi } from "./place.ts";
import { useResource } from "./resource.ts";
import type { SettingsProps } from "./settings_types.ts";

interface AgentRow {
  readonly name: string;
  readonly kind: string;
  readonly posture: string;
  readonly postures: Readonly<Record<string, string>> | null;
  readonly found: boolean;
  readonly version?: string | null;
  readonly login?: string | null;
  readonly hint?: string;
  readonly quota: readonly AccountWindow[];
}

export function AgentsSection({ place, repo }: SettingsProps) {
  const agents = useResource<{ agents: readonly AgentRow[] }>(`${repoApi(place, repo)}/agents`);
  const { value, problem } = agents.state.value;
  if (problem !== null) {
    return <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>;
  }
  if (value === null) return <Skeleton lines={4} />;
  return (
    <Section title="Agents" aside="as this machine has them now">
      <div class="panel">
        {value.agents.map((it) => (
          <div key={it.name} class="agent-row">
            <Mark
              tone={it.found ? "done" : "idle"}
              label={it.found ? "found" : "not found"}
            />
            <div class="setting-about">
              <strong>
                <Foreign text={it.name} />
              </strong>{" "}
              <span class="dim small">
                {it.found ? it.version ?? "" : "not found"}
              </span>
              {it.hint
                ? (
                  <p class="small soft">
                    <Foreign text={it.hint} />
                  </p>
                )
                : null}
            </div>
            <div class="setting-value">
              <span class="tag" title={it.postures?.[it.posture]}>{it.posture}</span>
              {it.login
                ? (
                  <span class="dim small">
                    login: <Foreign text={it.login} />
                  </span>
                )
                : null}
              {it.quota.map((window) => (
                <span key={window.name} class="dim small">
                  {window.name}: {Math.round(window.usedPercent)} % used
                </span>
              ))}
            </div>
          </div>
        ))}
      </div>
    </Section>
  );
}
