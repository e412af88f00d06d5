/** Above the terminals: which there are, which one is shown, and what else can be opened. */

import type { Signal } from "@preact/signals";
import { Button } from "./parts/button.tsx";
import { Foreign } from "./parts/foreign.tsx";
import { Icon } from "./parts/icon.tsx";
import { Mark } from "./parts/mark.tsx";
import { Menu } from "./parts/menu.tsx";
import { type Heard, titleOf } from "./terminal_rows.ts";
import type { TerminalList, TerminalRow } from "./terminal_types.ts";

export interface TerminalBarProps {
  readonly rows: readonly TerminalRow[];
  readonly heardOf: (id: string) => Heard;
  readonly shown: string;
  readonly offers: TerminalList["offers"];
  readonly busy: boolean;
  readonly finding: Signal<boolean>;
  readonly reader: Signal<boolean>;
  readonly onChoose: (id: string) => void;
  readonly onOpen: (command: string) => void;
  /** Ends one that runs; takes one that ended off the list. */
  readonly onClose: (row: TerminalRow) => void;
}

export function TerminalBar(props: TerminalBarProps) {
  const { rows, heardOf, shown, offers, busy, finding, reader } = props;
  const { onChoose, onOpen, onClose } = props;
  const [usual] = offers;
  return (
    <div class="terminal-bar">
      <div class="terminal-tabs" role="group" aria-label="Terminals">
        {rows.map((row) => (
          <TerminalTab
            key={row.id}
            row={row}
            heard={heardOf(row.id)}
            shown={row.id === shown}
            onChoose={() => onChoose(row.id)}
            onClose={() => onClose(row)}
          />
        ))}
      </div>
      {usual === undefined ? null : (
        <Button
          kind="quiet"
          icon="plus"
          label="New terminal"
          busy={busy}
          onClick={() => onOpen(usual.name)}
        />
      )}
      <span class="terminal-tools">
        <Button
          kind="quiet"
          icon="search"
          label="Find in the terminal (Ctrl Shift F)"
          pressed={finding.value}
          onClick={() => (finding.value = !finding.value)}
        />
        <Button
          kind="quiet"
          icon="reader"
          label="Screen reader mode"
          pressed={reader.value}
          onClick={() => (reader.value = !reader.value)}
        />
      </span>
      {offers.length < 2 ? null : (
        <Menu
          label="Open a program"
          items={offers.map(({ name }) => ({
            label: name,
            icon: "terminal",
            onChoose: () => onOpen(name),
          }))}
        />
      )}
    </div>
  );
}

export const isRunning = (row: TerminalRow, heard: Heard): boolean =>
  row.state.type === "running" && heard.isOver === "no";

interface TerminalTabProps {
  readonly row: TerminalRow;
  readonly heard: Heard;
  readonly shown: boolean;
  readonly onChoose: () => void;
  readonly onClose: () => void;
}

function TerminalTab({ row, heard, shown, onChoose, onClose }: TerminalTabProps) {
  const isOn = isRunning(row, heard);
  const title = titleOf(row, heard);
  return (
    <span class="terminal-tab" data-shown={shown} data-on={isOn}>
      <button
        type="button"
        class="name"
        aria-current={shown ? "true" : undefined}
        onClick={onChoose}
      >
        {heard.rang === "yes"
          ? (
            <span class="rang" role="img" aria-label="rang">
              <Icon name="bell" />
            </span>
          )
          : isOn
          ? <Icon name="terminal" />
          : <Mark tone="idle" label="ended" />}
        <Foreign text={title} />
      </button>
      <Button
        kind="quiet"
        icon="close"
        label={isOn ? `End ${row.title}` : `Take ${row.title} off the list`}
        onClick={onClose}
      />
    </span>
  );
}
