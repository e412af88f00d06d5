/** A screen by xterm.js, in the colours of the page, under a policy that lets no inline style in. */

import { FitAddon } from "@xterm/addon-fit";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { type ITheme, Terminal } from "@xterm/xterm";
import type { TerminalScreen } from "./terminal_socket.ts";

export interface OpenScreen extends TerminalScreen {
  focus(): void;
  /** Types as if it came from the keyboard. */
  send(text: string): void;
  close(): void;
}

export interface ScreenOptions {
  readonly element: HTMLElement;
  readonly label: string;
  readonly onInput: (text: string) => void;
  /** The window has room for so many characters. */
  readonly onRoom: (cols: number, rows: number) => void;
}

const SCROLLBACK_LINES = 10_000;

export function openScreen({ element, label, onInput, onRoom }: ScreenOptions): OpenScreen {
  letSpansHaveStyle();
  const terminal = new Terminal({
    allowProposedApi: false,
    cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono"),
    fontSize: 13,
    scrollback: SCROLLBACK_LINES,
    screenReaderMode: false,
    linkHandler: { activate: (_, uri) => openLink(uri), allowNonHttpProtocols: false },
    theme: themeOf(element),
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(new WebLinksAddon((_, uri) => openLink(uri)));
  withSheets(() => terminal.open(element));
  terminal.textarea?.setAttribute("aria-label", label);
  const input = terminal.onData(onInput);
  const measure = () => {
    const room = fit.proposeDimensions();
    if (room !== undefined && Number.isFinite(room.cols)) onRoom(room.cols, room.rows);
  };
  const resized = new ResizeObserver(measure);
  resized.observe(element);
  const themed = new MutationObserver(() => (terminal.options.theme = themeOf(element)));
  themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return {
    write: (bytes, drawn) => terminal.write(bytes, drawn),
    resize: (cols, rows) => terminal.resize(cols, rows),
    focus: () => terminal.focus(),
    send: onInput,
    close: () => {
      resized.disconnect();
      themed.disconnect();
      input.dispose();
      terminal.dispose();
    },
  };
}

/** Only the web, and without telling it where one came from. */
function openLink(uri: string): void {
  if (/^https?:\/\//i.test(uri)) open(uri, "_blank", "noopener,noreferrer");
}

/** The sixteen colours come from the page's own states, so that they are readable on its ground. */
const COLOURS = {
  background: "--sunken",
  foreground: "--ink",
  cursor: "--accent",
  cursorAccent: "--sunken",
  selectionBackground: "--accent-tint",
  black: "--ink-3",
  red: "--failed",
  green: "--done",
  yellow: "--waiting",
  blue: "--running",
  magenta: "--parked",
  cyan: "--accent",
  white: "--ink-2",
  brightBlack: "--ink-3",
  brightRed: "--failed",
  brightGreen: "--done",
  brightYellow: "--waiting",
  brightBlue: "--running",
  brightMagenta: "--parked",
  brightCyan: "--accent",
  brightWhite: "--ink",
} as const satisfies Partial<Record<keyof ITheme, string>>;

/** xterm.js reads no variables and no modern colours: a canvas tells what the browser makes of them. */
function themeOf(element: HTMLElement): ITheme {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const probe = document.createElement("span");
  element.append(probe);
  const theme = Object.fromEntries(
    Object.entries(COLOURS).map(([name, variable]) => {
      probe.style.color = `var(${variable})`;
      return [name, hexOf(canvas, getComputedStyle(probe).color)];
    }),
  );
  probe.remove();
  return theme;
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
function withSheets(body: () => void): void {
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
function letSpansHaveStyle(): void {
  HTMLSpanElement.prototype.setAttribute = function (name: string, value: string) {
    if (name === "style") this.style.cssText = value;
    else Element.prototype.setAttribute.call(this, name, value);
  };
}
