/** Keys at a terminal: the few that the page keeps for itself, and those a keyboard on glass lacks. Pure. */

export interface Stroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** What the page does with a key; null: the program gets it. Ctrl with a letter is always the program's. */
export function pageKey({ key, ctrlKey, shiftKey, altKey, metaKey }: Stroke):
  | "copy"
  | "find"
  | "leave"
  | null {
  if (!ctrlKey || !shiftKey || altKey || metaKey) return null;
  if (key.toLowerCase() === "c") return "copy";
  if (key.toLowerCase() === "f") return "find";
  return key === "ArrowUp" ? "leave" : null;
}

/** As the person is told it. */
export const LEAVE_KEYS = ["Ctrl", "Shift", "↑"] as const;

export interface ScreenKey {
  /** What stands on it. */
  readonly label: string;
  /** What screen readers say. */
  readonly name: string;
  readonly text: string;
}

const ESC = "\u001b";

/** In the order of use. */
export const SCREEN_KEYS: readonly ScreenKey[] = [
  { label: "Esc", name: "Escape", text: ESC },
  { label: "Tab", name: "Tab", text: "\t" },
  { label: "↑", name: "Up", text: `${ESC}[A` },
  { label: "↓", name: "Down", text: `${ESC}[B` },
  { label: "←", name: "Left", text: `${ESC}[D` },
  { label: "→", name: "Right", text: `${ESC}[C` },
  { label: "^C", name: "Control C", text: "\u0003" },
  { label: "^D", name: "Control D", text: "\u0004" },
  { label: "|", name: "Pipe", text: "|" },
  { label: "/", name: "Slash", text: "/" },
  { label: "~", name: "Tilde", text: "~" },
  { label: "-", name: "Dash", text: "-" },
];

const ARROWS: readonly string[] = ["A", "B", "C", "D"].map((letter) => `${ESC}[${letter}`);

/** Arrows are told otherwise to a program that asked for it, as editors do. */
export const arrowFor = (
  text: string,
  { applicationCursorKeysMode }: { readonly applicationCursorKeysMode: boolean },
): string => applicationCursorKeysMode && ARROWS.includes(text) ? text.replace("[", "O") : text;

/** What Ctrl makes of a character; the text itself where that is nothing. */
export function withControl(text: string): string {
  if (text === " ") return "\u0000";
  if (text === "?") return "\u007f";
  return /^[@-_a-z]$/.test(text) ? String.fromCharCode(text.charCodeAt(0) & 0x1f) : text;
}
