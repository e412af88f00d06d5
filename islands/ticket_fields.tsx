/** The frontmatter of a ticket as a form, what is wrong beside the field it concerns. */

import type { ComponentChildren } from "preact";
import type { LintProblem } from "../lib/engine/ticket.ts";
import { Button } from "./parts/button.tsx";
import { Field, Fold } from "./parts/small.tsx";
import type { CheckRow, TextField, TicketForm } from "./ticket_form.ts";

export interface TicketFieldsProps {
  readonly form: TicketForm;
  /** Those a ticket may name. */
  readonly agents: readonly string[];
  readonly problems: readonly LintProblem[];
  readonly onChange: (form: TicketForm) => void;
}

interface Wired extends TicketFieldsProps {
  readonly said: (key: string) => string | null;
}

export function TicketFields(props: TicketFieldsProps) {
  const { form, problems, onChange } = props;
  const said = (key: string) =>
    problems.filter((it) => it.key === key).map((it) => it.message).join(" ") || null;
  const wired = { ...props, said };
  return (
    <div class="ticket-form">
      <Line {...wired} of="title" at="title" label="Title" wide />
      <Line {...wired} of="goal" at="goal" label="Goal" hint="What is true when it is done" wide />
      <AgentChoice {...wired} of="agent" at="agent" label="Agent" />
      <Line {...wired} of="model" at="model" label="Model" hint="Empty: the agent's own" />
      <Line
        {...wired}
        of="reasoning"
        at="reasoning"
        label="Reasoning"
        hint="In the agent's words"
      />
      <Line
        {...wired}
        of="dependsOn"
        at="depends_on"
        label="Depends on"
        hint="Numbers or ids of tickets that come first"
      />
      <Limits {...wired} />
      <Checks {...wired} />
      <div class="wide">
        <label class="check">
          <input
            type="checkbox"
            checked={form.done}
            onChange={(event) => onChange({ ...form, done: event.currentTarget.checked })}
          />
          Done
        </label>
        <Said text={said("done")} />
      </div>
      <More {...wired} />
    </div>
  );
}

const Said = ({ text }: { text: string | null }) =>
  text === null ? null : <p class="error small tone" data-tone="failed">{text}</p>;

interface LineProps extends Wired {
  readonly of: TextField;
  /** The key of the frontmatter. */
  readonly at: string;
  readonly label: string;
  readonly hint?: string;
  readonly wide?: boolean;
}

const place = (wide: boolean | undefined): string => wide === true ? "wide" : "";

function Line({ form, onChange, said, of, at, label, hint, wide }: LineProps) {
  return (
    <div class={place(wide)}>
      <Field label={label} error={said(at)} {...(hint === undefined ? {} : { hint })}>
        {(it) => (
          <input
            {...it}
            class="input"
            value={form[of]}
            onInput={(event) => onChange({ ...form, [of]: event.currentTarget.value })}
          />
        )}
      </Field>
    </div>
  );
}

function Lines(props: LineProps) {
  const { form, onChange, said, of, at, label, hint } = props;
  return (
    <div class="wide">
      <Field label={label} error={said(at)} {...(hint === undefined ? {} : { hint })}>
        {(it) => (
          <textarea
            {...it}
            class="textarea mono"
            rows={2}
            value={form[of]}
            onInput={(event) => onChange({ ...form, [of]: event.currentTarget.value })}
          />
        )}
      </Field>
    </div>
  );
}

/** A name the config does not know stays to be seen, and the linter says what is wrong with it. */
function AgentChoice({ form, agents, onChange, said, of, at, label, hint }: LineProps) {
  const value = form[of];
  const names = of === "agent" ? agents : ["", ...agents];
  const all = names.includes(value) ? names : [value, ...names];
  return (
    <Field label={label} error={said(at)} {...(hint === undefined ? {} : { hint })}>
      {(it) => (
        <select
          {...it}
          class="select"
          value={value}
          onChange={(event) => onChange({ ...form, [of]: event.currentTarget.value })}
        >
          {all.map((name) => (
            <option key={name} value={name}>{name === "" ? "nobody" : name}</option>
          ))}
        </select>
      )}
    </Field>
  );
}

const LIMITS = { turns: "turns", minutes: "minutes", tokens: "tokens" } as const;

function Limits({ form, onChange, said }: Wired) {
  return (
    <fieldset class="field two">
      <legend class="label">Limits</legend>
      <div class="ticket-limits">
        {Object.values(LIMITS).map((name) => (
          <label key={name} class="ticket-limit">
            <input
              class="input"
              inputMode="numeric"
              value={form[name]}
              aria-invalid={said("limits") === null ? undefined : "true"}
              onInput={(event) => onChange({ ...form, [name]: event.currentTarget.value })}
            />
            <span class="hint">{name}</span>
          </label>
        ))}
      </div>
      <Said text={said("limits")} />
    </fieldset>
  );
}

const NEW_CHECK: CheckRow = { run: "", timeout: "" };

function Checks({ form, onChange, said }: Wired) {
  const { verify } = form;
  const set = (rows: readonly CheckRow[]) => onChange({ ...form, verify: rows });
  const change = (at: number, part: Partial<CheckRow>) =>
    set(verify.map((row, index) => index === at ? { ...row, ...part } : row));
  return (
    <fieldset class="field wide">
      <legend class="label">Checks: commands that must pass before it counts as done</legend>
      {verify.map((row, at) => (
        <CheckLine
          key={at}
          row={row}
          at={at}
          onChange={(part) => change(at, part)}
          onRemove={() => set(verify.filter((_, index) => index !== at))}
        />
      ))}
      <Said text={said("verify")} />
      <div>
        <Button kind="quiet" icon="plus" onClick={() => set([...verify, NEW_CHECK])}>
          Add a check
        </Button>
      </div>
    </fieldset>
  );
}

function CheckLine(
  { row, at, onChange, onRemove }: {
    row: CheckRow;
    at: number;
    onChange: (part: Partial<CheckRow>) => void;
    onRemove: () => void;
  },
) {
  return (
    <div class="ticket-check">
      <input
        class="input mono"
        aria-label={`Check ${at + 1}`}
        placeholder="npm test"
        value={row.run}
        onInput={(event) => onChange({ run: event.currentTarget.value })}
      />
      <input
        class="input"
        inputMode="decimal"
        aria-label={`Seconds for check ${at + 1}`}
        placeholder="seconds"
        value={row.timeout}
        onInput={(event) => onChange({ timeout: event.currentTarget.value })}
      />
      <Button kind="quiet" icon="close" label={`Take out check ${at + 1}`} onClick={onRemove} />
    </div>
  );
}

/** What most tickets have none of; open when one has. */
function More(props: Wired) {
  const { profile, review, fallback, touches, mayChange } = props.form;
  const hasSome = [profile, review, fallback, touches, mayChange].some((it) => it !== "");
  const keys = ["profile", "review", "fallback", "touches", "may_change"];
  const isWrong = keys.some((key) => props.said(key) !== null);
  return (
    <div class="wide">
      <Fold summary="More: second opinion, stand-in, files" open={hasSome || isWrong}>
        <div class="ticket-form">
          <AgentChoice
            {...props}
            of="review"
            at="review"
            label="Second opinion"
            hint="Looks at the claim"
          />
          <AgentChoice
            {...props}
            of="fallback"
            at="fallback"
            label="Stand-in"
            hint="While the quota is used up"
          />
          <Line {...props} of="profile" at="profile" label="Profile" hint="The agent's own" />
          <Lines
            {...props}
            of="touches"
            at="touches"
            label="Means to edit"
            hint="Globs, one a line"
          />
          <Lines
            {...props}
            of="mayChange"
            at="may_change"
            label="May change"
            hint="Tests, checks and settings that this ticket may change; globs, one a line"
          />
        </div>
      </Fold>
    </div>
  );
}

/** What is wrong and has no field to stand beside. */
export function OtherProblems(
  { problems }: { problems: readonly LintProblem[] },
): ComponentChildren {
  if (problems.length === 0) return null;
  return (
    <div class="notice" data-tone="failed" role="alert">
      <ul class="text">
        {problems.map((it) => <li key={`${it.line} ${it.code}`}>Line {it.line}: {it.message}</li>)}
      </ul>
    </div>
  );
}
