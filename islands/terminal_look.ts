/** How xterm.js looks in the page: in its colours, and with its styles past a policy that lets none in. */

import type { ITheme } from "@xterm/xterm";

/** The one colour of the sixteen that means no state. */
const CYAN = "color-mix(in oklch, var(--done), var(--running))";

/** The sixteen colours come from the page's own states, so that they are readable on its ground. */
const COLOURS = {
  background: "var(--sunken)",
  foreground: "var(--ink)",
  cursor: "var(--accent)",
  cursorAccent: "var(--sunken)",
  selectionBackground: "var(--accent-tint)",
  black: "var(--ink-3)",
  red: "var(--failed)",
  green: "var(--done)",
  yellow: "var(--waiting)",
  blue: "var(--running)",
  magenta: "var(--parked)",
  cyan: CYAN,
  white: "var(--ink-2)",
  brightBlack: "var(--ink-3)",
  brightRed: "var(--failed)",
  brightGreen: "var(--done)",
  brightYellow: "var(--waiting)",
  brightBlue: "var(--running)",
  brightMagenta: "var(--parked)",
  brightCyan: CYAN,
  brightWhite: "var(--ink)",
} as const satisfies Partial<Record<keyof ITheme, string>>;

export const themeOf = (element: HTMLElement): ITheme => hexed(element, COLOURS);

/** What is found, and of that the one that is shown. */
const FOUND = {
  matchBackground: "color-mix(in oklch, var(--accent) 20%, var(--sunken))",
  matchOverviewRuler: "var(--accent)",
  activeMatchBackground: "color-mix(in oklch, var(--accent) 40%, var(--sunken))",
  activeMatchBorder: "var(--accent)",
  activeMatchColorOverviewRuler: "var(--accent)",
} as const;

export const foundLook = (element: HTMLElement): Record<keyof typeof FOUND, string> =>
  hexed(element, FOUND);

/** xterm.js reads no variables and no modern colours: a canvas tells what the browser makes of them. */
function hexed<K extends string>(
  element: HTMLElement,
  colours: Readonly<Record<K, string>>,
): Record<K, string> {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const probe = document.createElement("span");
  element.append(probe);
  const found = Object.entries<string>(colours).map(([name, colour]) => {
    probe.style.color = colour;
    return [name, hexOf(canvas, getComputedStyle(probe).color)];
  });
  probe.remove();
  return Object.fromEntries(found);
}

function hexOf(canvas: CanvasRenderingContext2D | null, colour: string): string {
  if (canvas === null) return colour;
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue].map((it) => it.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * Does something while style elements that are made become sheets: xterm.js makes its own when it is
 * opened, and the page's policy refuses them. A sheet can be written by no markup.
 */
export function withSheets(body: () => void): void {
  const make = Document.prototype.createElement;
  Object.defineProperty(document, "createElement", {
    configurable: true,
    value: (tag: string, options?: ElementCreationOptions) =>
      tag === "style" ? asSheet(document) : make.call(document, tag, options),
  });
  try {
    body();
  } finally {
    Reflect.deleteProperty(document, "createElement");
  }
}

/** An element of no kind whose text becomes a sheet of the document. */
function asSheet(target: Document): HTMLElement {
  const element = target.createElement("template");
  const sheet = new CSSStyleSheet();
  target.adoptedStyleSheets.push(sheet);
  Object.defineProperty(element, "textContent", {
    configurable: true,
    set: (text: string) => sheet.replaceSync(text),
  });
  Object.defineProperty(element, "remove", {
    value: () => {
      target.adoptedStyleSheets = target.adoptedStyleSheets.filter((it) => it !== sheet);
      Element.prototype.remove.call(element);
    },
  });
  return element;
}

/**
 * Colours beyond the sixteen come as style attributes, which the policy refuses too: on a span they are
 * set as the property they stand for. On clones as well, hence for all spans of the page.
 */
export function letSpansHaveStyle(): void {
  HTMLSpanElement.prototype.setAttribute = function (name: string, value: string) {
    if (name === "style") this.style.cssText = value;
    else Element.prototype.setAttribute.call(this, name, value);
  };
}
