/** The doctor: what CAR needs in a repo, what it found, and what it can mend by itself. */

import type { CheckRow, DoctorReport } from "../lib/control/doctor.ts";
import { post } from "./api.ts";
import { useFlag } from "./flag.ts";
import { Button } from "./parts/button.tsx";
import { Foreign, ForeignBlock } from "./parts/foreign.tsx";
import { Mark } from "./parts/mark.tsx";
import { Notice, Section, Skeleton } from "./parts/small.tsx";
import { toastProblem } from "./parts/toast.tsx";
import { repoApi } from "./place.ts";
import { useResource } from "./resource.ts";
import type { SettingsProps } from "./settings_types.ts";
import type { Tone } from "./states.ts";

const TONES: Readonly<Record<CheckRow["status"], Tone>> = {
  ok: "done",
  warning: "waiting",
  error: "failed",
};

export function DoctorSection({ place, repo }: SettingsProps) {
  const api = repoApi(place, repo);
  const report = useResource<DoctorReport>(`${api}/doctor`);
  const fixing = useFlag();
  const fix = async () => {
    fixing.value = true;
    try {
      report.set(await post<DoctorReport>(`${api}/doctor/fix`));
    } catch (thrown) {
      toastProblem(thrown);
    }
    fixing.value = false;
  };
  const { value, problem } = report.state.value;
  if (problem !== null) {
    return <Notice tone="failed" title={problem.message}>{problem.hint}</Notice>;
  }
  if (value === null) return <Skeleton lines={8} />;
  const fixable = value.rows.filter((it) => it.fixable).length;
  return (
    <Section
      title={value.errors + value.warnings === 0 ? "All is well" : "Findings"}
      aside={`${value.errors} errors, ${value.warnings} warnings`}
      actions={
        <>
          <Button icon="refresh" kind="quiet" onClick={report.refresh}>Look again</Button>
          {fixable === 0
            ? null
            : (
              <Button kind="primary" busy={fixing.value} onClick={() => void fix()}>
                Mend {fixable}
              </Button>
            )}
        </>
      }
    >
      <div class="panel">
        {value.rows.map((it) => (
          <div key={it.id} class="agent-row">
            <Mark tone={TONES[it.status]} label={it.status} />
            <div class="setting-about">
              <strong>{it.title}</strong>
              <p class="small soft">
                <ForeignBlock text={it.found} />
              </p>
              {it.cure === null ? null : (
                <p class="small">
                  <Foreign text={it.cure} />
                </p>
              )}
              {it.fixed === null ? null : (
                <p class="small tone" data-tone="done">
                  Mended: <Foreign text={it.fixed} />
                </p>
              )}
            </div>
          </div>
        ))}
      </div>
    </Section>
  );
}
