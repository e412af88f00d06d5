/** Above an editor: how it is edited, whether it is saved, and the buttons for it. */

import type { ComponentChildren } from "preact";
import type { Base, Editing } from "./editing.ts";
import { listenForControlKey } from "./keys.ts";
import { Button } from "./parts/button.tsx";
import { Notice } from "./parts/small.tsx";
import { useLayoutEffect, useRef } from "preact/hooks";

export function EditingBar<D extends Base, E>(
  { editing, problems, actions, children }: {
    editing: Editing<D, E>;
    /** How many complaints the linter has; 0 without one. */
    problems: number;
    /** Beside the buttons. */
    actions?: ComponentChildren;
    children?: ComponentChildren;
  },
) {
  useSaveKey(() => void editing.save());
  const isEdited = editing.edit.value !== null;
  const complaints = problems === 1 ? "1 problem" : `${problems} problems`;
  return (
    <div class="editing-head">
      <div class="editing-bar">
        {children}
        <span class="fill" />
        {actions}
        <span class="small" role="status">
          {problems === 0 ? null : <span class="tone" data-tone="failed">{complaints}</span>}
          {isEdited ? <span class="soft with-room">Not saved</span> : null}
        </span>
        {isEdited
          ? (
            <Button
              kind="quiet"
              icon="trash"
              label="Discard"
              onClick={() => editing.change(null)}
            >
              <span class="with-room">Discard</span>
            </Button>
          )
          : null}
        <Button
          kind={isEdited ? "primary" : "plain"}
          label="Save (Ctrl S)"
          busy={editing.isSaving.value}
          unavailable={isEdited ? null : "Nothing has been changed"}
          onClick={() => void editing.save()}
        >
          Save
        </Button>
      </div>
      {editing.isStale.value
        ? (
          <Notice
            tone="waiting"
            title="Somebody else has changed it since you began"
            actions={
              <Button onClick={() => void editing.save()}>
                Compare
              </Button>
            }
          />
        )
        : null}
    </div>
  );
}

/** Ctrl-S saves wherever the keyboard is; never the browser's own. */
function useSaveKey(save: () => void): void {
  const latest = useRef(save);
  latest.current = save;
  useLayoutEffect(() => listenForControlKey("s", () => latest.current()), []);
}

/** One of a few ways to see the same thing. */
export function Choice<T extends string>(
  { label, value, options, onChoose }: {
    label: string;
    value: T;
    options: Readonly<Record<T, string>>;
    onChoose: (value: T) => void;
  },
) {
  return (
    <div class="choice" role="group" aria-label={label}>
      {(Object.entries(options) as [T, string][]).map(([name, words]) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === value}
          onClick={() => onChoose(name)}
        >
          {words}
        </button>
      ))}
    </div>
  );
}
