/** A screen by xterm.js: draws what a program writes, and hears what a person types into it. */

import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal } from "@xterm/xterm";
import { type Finding, type Found, FOUND_MAX } from "./terminal_found.ts";
import { arrowFor, pageKey } from "./terminal_keys.ts";
import { foundLook, letSpansHaveStyle, themeOf, withSheets } from "./terminal_look.ts";
import type { TerminalScreen } from "./terminal_socket.ts";

export interface OpenScreen extends TerminalScreen {
  focus(): void;
  /** As if it came from the keyboard. */
  press(text: string): void;
  /** As if it came from the clipboard. */
  paste(text: string): void;
  /** Marks a text wherever it stands and shows one place of it, from the newest on upwards. */
  find(text: string, where: Finding): void;
  /** Says what is written in words that screen readers get. */
  tellReaders(wanted: boolean): void;
  close(): void;
}

export interface ScreenOptions {
  readonly element: HTMLElement;
  readonly label: string;
  readonly onInput: (text: string) => void;
  /** The window has room for so many characters. */
  readonly onRoom: (cols: number, rows: number) => void;
  /** The program calls itself so. */
  readonly onTitle: (title: string) => void;
  readonly onBell: () => void;
  readonly onFound: (found: Found) => void;
  /** The person wants to find something. */
  readonly onFind: () => void;
  /** The person wants to go elsewhere by keys. */
  readonly onLeave: () => void;
}

const SCROLLBACK_LINES = 10_000;
/** Colours of programs are made readable on the page's ground, as AA asks. */
const CONTRAST = 4.5;

export function openScreen(options: ScreenOptions): OpenScreen {
  const { element, label, onInput, onTitle, onBell } = options;
  letSpansHaveStyle();
  const terminal = new Terminal({
    // What is found is marked and counted by it.
    allowProposedApi: true,
    cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono"),
    fontSize: 13,
    minimumContrastRatio: CONTRAST,
    scrollback: SCROLLBACK_LINES,
    screenReaderMode: false,
    linkHandler: linksOf(element),
    theme: themeOf(element),
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(new WebLinksAddon((_, uri) => openLink(uri), linksOf(element)));
  withSheets(() => terminal.open(element));
  terminal.textarea?.setAttribute("aria-label", label);
  terminal.attachCustomKeyEventHandler((event) => isForProgram(terminal, event, options));
  terminal.onData(onInput);
  terminal.onTitleChange(onTitle);
  terminal.onBell(onBell);
  const unwatch = watchRoom(terminal, fit, options);
  return {
    write: (bytes, drawn) => terminal.write(bytes, drawn),
    resize: (cols, rows) => terminal.resize(cols, rows),
    focus: () => terminal.focus(),
    press: (text) => onInput(arrowFor(text, terminal.modes)),
    paste: (text) => terminal.paste(text),
    find: finderOf(terminal, options),
    tellReaders: (wanted) => (terminal.options.screenReaderMode = wanted),
    close: () => {
      unwatch();
      terminal.dispose();
    },
  };
}

function finderOf(terminal: Terminal, { element, onFound }: ScreenOptions): OpenScreen["find"] {
  const search = new SearchAddon({ highlightLimit: FOUND_MAX });
  terminal.loadAddon(search);
  search.onDidChangeResults(({ resultIndex, resultCount }) =>
    onFound({ at: resultIndex < 0 ? null : resultIndex + 1, count: resultCount })
  );
  return (text, where) => {
    if (text === "") {
      search.clearDecorations();
      terminal.clearSelection();
      return;
    }
    const decorations = foundLook(element);
    if (where === "down") search.findNext(text, { decorations });
    else search.findPrevious(text, { decorations, incremental: where === "typed" });
  };
}

/** Tells of the room there is and follows the page's colours. @returns Ends both. */
function watchRoom(
  terminal: Terminal,
  fit: FitAddon,
  { element, onRoom }: ScreenOptions,
): () => void {
  const resized = new ResizeObserver(() => {
    // One that is not shown has no room of its own.
    if (element.clientHeight === 0) return;
    const room = fit.proposeDimensions();
    if (room !== undefined && Number.isFinite(room.cols)) onRoom(room.cols, room.rows);
  });
  resized.observe(element);
  const colour = () => (terminal.options.theme = themeOf(element));
  const themed = new MutationObserver(colour);
  themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", colour);
  return () => {
    resized.disconnect();
    themed.disconnect();
    scheme.removeEventListener("change", colour);
  };
}

function isForProgram(
  terminal: Terminal,
  event: KeyboardEvent,
  { onLeave, onFind }: ScreenOptions,
): boolean {
  const kept = pageKey(event);
  if (kept === null) return true;
  const does = { leave: onLeave, find: onFind, copy: () => copy(terminal) };
  if (event.type === "keydown") does[kept]();
  // The browser has tools of its own on some of these.
  event.preventDefault();
  return false;
}

function copy(terminal: Terminal): void {
  const text = terminal.getSelection();
  if (text === "") return;
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard !== undefined) return void clipboard.writeText(text).catch(() => {});
  // A page that did not come from this machine or over TLS has no clipboard, but may copy a field.
  const { textarea } = terminal;
  if (textarea === undefined) return;
  textarea.value = text;
  textarea.select();
  document.execCommand("copy");
  textarea.value = "";
}

/** A link shows where it leads, since a program may write anything over it. */
const linksOf = (element: HTMLElement) => ({
  activate: (_: MouseEvent, uri: string) => openLink(uri),
  hover: (_: MouseEvent, uri: string) => void (element.title = uri),
  leave: () => element.removeAttribute("title"),
  allowNonHttpProtocols: false,
});

/** Only the web, and without telling it where one came from. */
function openLink(uri: string): void {
  if (/^https?:\/\//i.test(uri)) open(uri, "_blank", "noopener,noreferrer");
}
