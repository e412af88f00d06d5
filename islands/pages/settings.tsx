/** Settings with where each comes from, the agents, the doctor, and who may come in. */

import type { ComponentType } from "preact";
import { Frame } from "../frame.tsx";
import { Empty, Tabs } from "../parts/small.tsx";
import { LINKS, type PageProps } from "../place.ts";
import { AccessSection } from "../settings_access.tsx";
import { AgentsSection } from "../settings_agents.tsx";
import { ConfigSection } from "../settings_config.tsx";
import { DoctorSection } from "../settings_doctor.tsx";
import { LogSection } from "../settings_log.tsx";
import type { SettingsProps } from "../settings_types.ts";
import { rows } from "../store.ts";
import { useSignal } from "@preact/signals";

const SECTIONS: readonly {
  readonly name: string;
  readonly label: string;
  readonly of: ComponentType<SettingsProps>;
}[] = [
  { name: "config", label: "Settings", of: ConfigSection },
  { name: "agents", label: "Agents", of: AgentsSection },
  { name: "doctor", label: "Doctor", of: DoctorSection },
  { name: "log", label: "Log", of: LogSection },
  { name: "access", label: "Access", of: AccessSection },
];

export default function Settings({ place }: PageProps) {
  const chosen = useSignal<string | null>(null);
  const list = rows.value ?? [];
  const repo = place.repo ?? chosen.value ?? list.find((it) => it.initialized)?.id ?? null;
  const at = SECTIONS.find((it) => it.name === place.params["section"]) ?? SECTIONS[0];
  if (at === undefined) return null;
  const Section = at.of;
  return (
    <Frame
      place={place}
      title="Settings"
      at="settings"
      actions={place.mode === "repo" || list.length === 0 ? undefined : (
        <select
          class="select"
          aria-label="Repo"
          value={repo ?? ""}
          onChange={(event) => (chosen.value = event.currentTarget.value)}
        >
          {list.filter((it) => it.initialized).map((it) => (
            <option key={it.id} value={it.id}>{it.displayName}</option>
          ))}
        </select>
      )}
      tabs={
        <Tabs
          label="Kinds of settings"
          tabs={SECTIONS.map((it) => ({
            href: LINKS.settings(it.name),
            label: it.label,
            current: it === at,
          }))}
        />
      }
    >
      {repo === null && at.name !== "access"
        ? <Empty title="No repo yet">Add one on the overview; its settings are here then.</Empty>
        : <Section key={repo ?? ""} place={place} repo={repo ?? ""} />}
    </Frame>
  );
}
