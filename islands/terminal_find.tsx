/** Finds a text in what a terminal has shown: how often it stands there, and each place of it. */

import { useEffect, useRef } from "preact/hooks";
import { Button } from "./parts/button.tsx";
import { type Finding, type Found, foundWords } from "./terminal_found.ts";

export interface TerminalFindProps {
  readonly found: Found | null;
  /** No text ends it. */
  readonly onFind: (text: string, where: Finding) => void;
  readonly onClose: () => void;
}

export function TerminalFind({ found, onFind, onClose }: TerminalFindProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    return () => onFind("", "typed");
  }, []);
  const go = (where: Finding) => onFind(field.current?.value ?? "", where);
  return (
    <form
      class="terminal-find"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        go("up");
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
        else if (event.key === "Enter" && event.shiftKey) go("down");
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <input
        ref={field}
        class="input"
        type="text"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder="Find in what it has shown"
        aria-label="Find in the terminal"
        onInput={() => go("typed")}
      />
      <span class="small soft" role="status">{foundWords(found)}</span>
      <Button
        kind="quiet"
        icon="up"
        label="Place above (Enter)"
        type="submit"
      />
      <Button
        kind="quiet"
        icon="down"
        label="Place below (Shift Enter)"
        onClick={() => go("down")}
      />
      <Button kind="quiet" icon="close" label="Close the search (Esc)" onClick={onClose} />
    </form>
  );
}
