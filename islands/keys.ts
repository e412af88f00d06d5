/** The keys of every page: what they are, what they do, and the one listener that hears them. */

export interface KeyRow {
  readonly keys: readonly string[];
  readonly does: string;
}

/** As the keyboard help shows them. */
export const KEYS: readonly KeyRow[] = [
  { keys: ["Ctrl", "K"], does: "Find a repo, a ticket, a page, a command" },
  { keys: ["?"], does: "This list" },
  { keys: ["g", "h"], does: "Go to the overview" },
  { keys: ["g", "i"], does: "Go to the inbox" },
  { keys: ["g", "c"], does: "Go to the chats" },
  { keys: ["g", "u"], does: "Go to the usage" },
  { keys: ["j"], does: "Next item of a list" },
  { keys: ["k"], does: "Previous item of a list" },
  { keys: ["J"], does: "Move the chosen ticket down" },
  { keys: ["K"], does: "Move the chosen ticket up" },
  { keys: ["Enter"], does: "Open the chosen item" },
  { keys: ["["], does: "Previous ticket" },
  { keys: ["]"], does: "Next ticket" },
  { keys: ["Ctrl", "S"], does: "Save what is being edited" },
  { keys: ["Esc"], does: "Close what lies on top" },
  { keys: ["Ctrl", "Shift", "↑"], does: "Leave the terminal, which has all other keys" },
  { keys: ["Ctrl", "Shift", "F"], does: "Find in the past of the terminal" },
  { keys: ["Ctrl", "Shift", "C"], does: "Copy what is chosen in the terminal" },
];

/** A second key counts as part of a sequence this long after the first, in milliseconds. */
const SEQUENCE_MS = 1_200;

export type KeyActions = Readonly<Record<string, () => void>>;

/**
 * Calls the action of a key or of two keys in a row (`g i`). Not while a person types into a field.
 * @returns Ends it.
 */
export function listenForKeys(actions: KeyActions): () => void {
  let first: { key: string; atMs: number } | null = null;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]") !== null) return;
    const pair = first !== null && event.timeStamp - first.atMs < SEQUENCE_MS
      ? actions[`${first.key} ${event.key}`]
      : undefined;
    first = { key: event.key, atMs: event.timeStamp };
    const action = pair ?? actions[event.key];
    if (action === undefined || isPressed(event)) return;
    event.preventDefault();
    if (actions["Enter"] !== undefined) leaveControl();
    action();
  };
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
}

const CONTROLS = "a, button, summary, [role=button], [role=menuitem], [role=option]";

/** Enter belongs to what has the focus, when that is a thing one presses. */
const isPressed = ({ key, target }: KeyboardEvent): boolean =>
  key === "Enter" && target instanceof HTMLElement && target.closest(CONTROLS) !== null;

/** A button that was clicked keeps the focus: after another key Enter must not press it once more. */
function leaveControl(): void {
  const at = document.activeElement;
  if (at instanceof HTMLElement && at.closest(CONTROLS) !== null) at.blur();
}

/** Ctrl, or Command on a Mac, with a letter. Also while a person types. @returns Ends it. */
export function listenForControlKey(letter: string, action: () => void): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== letter) return;
    event.preventDefault();
    action();
  };
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest("input, textarea, select, .cm-editor, .xterm") !== null ||
      target.shadowRoot !== null);
}
