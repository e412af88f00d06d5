/**
 * A real Chromium for tests of the page. One for a file: each journey gets contexts of its own, and
 * what goes wrong in any of them (console, scripts, requests, dialogs) fails the journey by its words.
 */

import {
  type Browser,
  type BrowserContext,
  chromium,
  type ConsoleMessage,
  type Page,
  type Request,
} from "playwright-core";
import { mayRunAgent } from "./agents.ts";
import { BINARY } from "./car.ts";

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** Longer than anything on a page takes on a busy machine; then the journey fails with what it waited for. */
const WAIT_MS = 20_000;
/** Pictures of pages at which a journey failed. */
const FAILED_FOLDER = new URL("../../dist/shots/failed/", import.meta.url).pathname;

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  // Letters in greys: pictures are smaller, and the same everywhere.
  "--disable-lcd-text",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The path of the browser; null where there is none. `CAR_CHROMIUM` names another than PATH has. */
export function findChromium(): string | null {
  const named = Deno.env.get("CAR_CHROMIUM");
  if (named !== undefined && named !== "") return named;
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  const paths = folders.flatMap((folder) => PROGRAMS.map((name) => `${folder}/${name}`));
  return paths.find(isFile) ?? null;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Whether journeys may be left out here: only on a developer's machine without a browser. With
 * `CI=true` they run, and fail when it is missing.
 */
export const mayRunBrowser = (): boolean =>
  Deno.env.get("CI") === "true" || findChromium() !== null;

/** @throws {Error} that says how to get one. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) {
    throw new Error(
      "No Chromium is on PATH. Install chromium, or name a browser in CAR_CHROMIUM.",
    );
  }
  return await chromium.launch({ executablePath, args: ARGS });
}

/** How a page is looked at. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
  readonly motion: "reduce" | "no-preference";
}

export const WIDE: Look = { width: 1280, height: 860, scheme: "light", motion: "reduce" };
export const PHONE: Look = { ...WIDE, width: 380, height: 800 };

/** One person's browser: tabs that share their storage. */
export interface Visitor {
  readonly context: BrowserContext;
  /** A new tab at an address of the server. */
  open(url: string): Promise<Page>;
  /** What may go wrong here, since the journey is about it: found in the words of a fault. */
  expect(fault: RegExp): void;
  /** What went wrong and was not expected. */
  faults(): readonly string[];
}

export interface BrowserBench {
  readonly browser: Browser;
  visitor(look?: Partial<Look>): Promise<Visitor>;
  /**
   * Ends a thing, e.g. a server, after the browser has left it; the last kept first. `await using`
   * would end it while pages still ask it.
   */
  keep<T extends AsyncDisposable>(thing: T | Promise<T>): Promise<T>;
}

export type Journey = (bench: BrowserBench) => Promise<void>;

/**
 * Registers one test whose steps are journeys, all in one browser.
 * @param needs Agents, without which it is shown as ignored on a developer's machine; in CI it fails.
 */
export function inBrowser(
  name: string,
  journeys: Readonly<Record<string, Journey>>,
  needs: readonly string[] = [],
): void {
  const ignore = !mayRunBrowser() || !needs.every(mayRunAgent);
  Deno.test(name, { ignore }, async (t) => {
    if (!isFile(BINARY)) throw new Error("dist/car is not there. Run: deno task compile");
    const browser = await launchBrowser();
    try {
      for (const [words, journey] of Object.entries(journeys)) {
        await t.step({
          name: words,
          // The browser's pipe belongs to the whole file; the test around the steps looks after it.
          sanitizeOps: false,
          sanitizeResources: false,
          fn: () => travel(browser, words, journey),
        });
      }
    } finally {
      await browser.close();
    }
  });
}

async function travel(browser: Browser, words: string, journey: Journey): Promise<void> {
  await using kept = new AsyncDisposableStack();
  const visitors: Visitor[] = [];
  const faults = () => visitors.flatMap((it) => it.faults());
  try {
    await journey({
      browser,
      keep: async (thing) => kept.use(await thing),
      visitor: async (look) => {
        const visitor = await openVisitor(browser, { ...WIDE, ...look });
        visitors.push(visitor);
        return visitor;
      },
    });
  } catch (thrown) {
    const seen = await takePictures(words, visitors);
    const message = thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
    throw new Error([message, ...seen, ...faults()].join("\n"), { cause: thrown });
  } finally {
    for (const { context } of visitors) await context.close();
  }
  const found = faults();
  if (found.length > 0) throw new Error(`The page was not free of faults:\n${found.join("\n")}`);
}

async function takePictures(words: string, visitors: readonly Visitor[]): Promise<string[]> {
  const pages = visitors.flatMap(({ context }) => context.pages());
  const seen: string[] = [];
  for (const [at, page] of pages.entries()) {
    const path = `${FAILED_FOLDER}${words.replaceAll(/\W+/g, "_").slice(0, 60)}_${at}.png`;
    const taken = await page.screenshot({ path, timeout: 5_000 }).then(() => path, () => null);
    seen.push(`At ${page.url()}${taken === null ? "" : `, see ${taken}`}`);
  }
  return seen;
}

/** A context whose faults are noted from its first page on. */
export async function openVisitor(browser: Browser, look: Look): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.scheme,
    reducedMotion: look.motion,
    locale: "en-GB",
  });
  context.setDefaultTimeout(WAIT_MS);
  const faults: string[] = [];
  const expected: RegExp[] = [];
  const origins = new Set<string>();
  const note = (fault: string) => void faults.push(fault);
  watch(context, origins, note);
  return {
    context,
    open: async (url) => {
      origins.add(new URL(url).origin);
      const page = await context.newPage();
      await page.goto(url);
      return page;
    },
    expect: (fault) => void expected.push(fault),
    faults: () => faults.filter((fault) => !expected.some((it) => it.test(fault))),
  };
}

type Note = (fault: string) => void;

function watch(context: BrowserContext, origins: ReadonlySet<string>, note: Note): void {
  context.on("console", (message) => noteConsole(message, note));
  context.on("weberror", (it) => {
    const { stack, message } = it.error();
    // What a page that is being left had begun ends without a reason and without words.
    if (`${stack ?? ""}${message}` !== "") note(`script: ${stack ?? message}`);
  });
  context.on("dialog", (dialog) => {
    if (dialog.type() !== "beforeunload") note(`dialog: ${dialog.type()} ${dialog.message()}`);
    void dialog.accept().catch(() => {});
  });
  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && !origins.has(origin)) note(`elsewhere: ${request.url()}`);
  });
  context.on("requestfailed", (request) => noteFailed(request, note));
  context.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (response.status() < 400) return;
    note(`answer: ${response.status()} ${response.request().method()} ${pathname}`);
  });
}

function noteConsole(message: ConsoleMessage, note: Note): void {
  if (message.type() !== "error" && message.type() !== "warning") return;
  // Said once more of each answer and each failure that is noted by itself.
  if (message.text().startsWith("Failed to load resource")) return;
  note(`console: ${message.type()}: ${message.text()} (${message.location().url})`);
}

/** A stream that a page ended itself, or left behind when it went elsewhere, has not failed. */
function noteFailed(request: Request, note: Note): void {
  const words = request.failure()?.errorText ?? "";
  if (words === "net::ERR_ABORTED") return;
  note(`failed: ${words} ${request.method()} ${new URL(request.url()).pathname}`);
}
