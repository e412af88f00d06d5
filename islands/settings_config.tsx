/** Every setting of a repo: its value, what it means, where it comes from; changed in place. */

import { useSignal } from "@preact/signals";
import { ask } from "./api.ts";
import { useFlag } from "./flag.ts";
import { Button } from "./parts/button.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Notice, Section, Skeleton } from "./parts/small.tsx";
import { toast } from "./parts/toast.tsx";
import { repoApi } from "./place.ts";
import { Problem } from "./problem.ts";
import { useResource } from "./resource.ts";
import type { SettingsProps } from "./settings_types.ts";

interface Setting {
  readonly key: string;
  readonly value: unknown;
  readonly default: unknown;
  readonly origin: string;
  readonly unit: string | null;
  readonly allowed: string;
  readonly meaning: string;
  readonly secret: boolean;
}

interface Settings {
  readonly file: string;
  readonly settings: readonly Setting[];
  readonly problems: readonly string[];
}

/** As it stands in a file: text as it is, all else as JSON, which is YAML too. */
export const written = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

export function ConfigSection({ place, repo }: SettingsProps) {
  const api = repoApi(place, repo);
  const settings = useResource<Settings>(`${api}/config`);
  const wanted = useSignal("");
  const { value, problem } = settings.state.value;
  if (problem !== null) {
    return <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>;
  }
  if (value === null) return <Skeleton lines={10} />;
  const words = wanted.value.toLowerCase();
  const shown = value.settings.filter((it) =>
    `${it.key} ${it.meaning}`.toLowerCase().includes(words)
  );
  const sections = [...Map.groupBy(shown, ({ key }) => key.split(".")[0] ?? key)];
  return (
    <>
      {value.problems.map((it) => <Notice key={it} tone="failed" title={it} />)}
      <div class="button-row">
        <input
          class="input settings-find"
          type="search"
          placeholder="Find a setting"
          aria-label="Find a setting"
          value={wanted.value}
          onInput={(event) => (wanted.value = event.currentTarget.value)}
        />
        <span class="dim small">
          Changes go into <Foreign text={value.file} />
        </span>
      </div>
      {sections.map(([name, rows]) => (
        <Section key={name} title={name}>
          <div class="panel">
            {rows.map((it) => (
              <SettingRow
                key={it.key}
                api={api}
                setting={it}
                onSaved={(now) => settings.set(now)}
              />
            ))}
          </div>
        </Section>
      ))}
    </>
  );
}

interface SettingRowProps {
  readonly api: string;
  readonly setting: Setting;
  readonly onSaved: (now: Settings) => void;
}

function SettingRow({ api, setting, onSaved }: SettingRowProps) {
  const isOpen = useFlag();
  const isOwn = setting.origin !== "built-in";
  return (
    <div class="setting">
      <div class="setting-about">
        <code>
          <Foreign text={setting.key} />
        </code>
        <p class="small soft">
          <Foreign text={setting.meaning} />
        </p>
      </div>
      <div class="setting-value">
        <code class={isOwn ? "" : "dim"}>
          <Foreign text={written(setting.value)} />
        </code>
        {setting.unit === null ? null : <span class="dim small">{setting.unit}</span>}
        <span class="dim small">{setting.origin}</span>
      </div>
      <Button
        kind="quiet"
        icon="edit"
        label={`Change ${setting.key}`}
        unavailable={setting.secret ? "Secrets are set in the file or the environment" : null}
        onClick={() => (isOpen.value = !isOpen.value)}
      />
      {isOpen.value
        ? (
          <SettingForm
            api={api}
            setting={setting}
            onSaved={(now) => {
              isOpen.value = false;
              onSaved(now);
            }}
          />
        )
        : null}
    </div>
  );
}

function SettingForm({ api, setting, onSaved }: SettingRowProps) {
  const text = useSignal(written(setting.value));
  const problem = useSignal<Problem | null>(null);
  const save = async () => {
    try {
      const { value } = await ask<Settings>(`${api}/config/${encodeURIComponent(setting.key)}`, {
        method: "PUT",
        body: { value: text.value },
      });
      onSaved(value);
      toast("done", `${setting.key} is set`);
    } catch (thrown) {
      problem.value = Problem.of(thrown);
    }
  };
  return (
    <form
      class="setting-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <input
        class="input mono"
        aria-label={setting.key}
        autofocus
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      <Button type="submit" kind="primary">Set</Button>
      <span class="dim small">{setting.allowed}</span>
      {problem.value === null
        ? null
        : <Notice tone="failed" title={problem.value.message}>{problem.value.hint}</Notice>}
    </form>
  );
}
