/** The page of a repo's terminals, as a person at it sees and uses it. */

import type { Locator, Page } from "playwright-core";
import type { BrowserBench, Look, Visitor } from "./browser.ts";
import { type CarRepo, makeCarRepo } from "./car_repo.ts";
import { type CarServer, serveCar } from "./car_server.ts";

/** A shell that is everywhere, without the person's own start files: the repo's HOME is empty. */
const CONFIG = "version: 2\nmode: repo\nterminal:\n  shell: /bin/bash\n";

export interface TerminalPlace {
  readonly repo: CarRepo;
  readonly car: CarServer;
}

export interface TerminalTab extends TerminalPlace {
  readonly someone: Visitor;
  readonly page: Page;
}

/** @param more Lines of the config's section `terminal`, and whatever stands below it. */
export async function serveTerminals(
  { keep }: BrowserBench,
  more = "",
  flags: readonly string[] = [],
): Promise<TerminalPlace> {
  const repo = await keep(makeCarRepo({ config: `${CONFIG}${more}`, folder: "alpha" }));
  return { repo, car: await keep(serveCar(repo, { flags })) };
}

export const addressOf = (car: CarServer): string => car.page("/repos/alpha/terminal");

/** A page with one shell that is ready for commands. */
export async function openShell(
  bench: BrowserBench,
  { look = {}, more = "" }: { look?: Partial<Look>; more?: string } = {},
): Promise<TerminalTab> {
  const place = await serveTerminals(bench, more);
  const someone = await bench.visitor(look);
  const page = await someone.open(addressOf(place.car));
  await page.getByRole("button", { name: "Open a terminal" }).click();
  await untilReady(page);
  return { ...place, someone, page };
}

/** The terminal that is shown. */
export const shownTerminal = (page: Page): Locator =>
  page.locator(".terminal-window:not([hidden])");

/** The newest row of the shown screen that holds it. */
export const row = (page: Page, text: string | RegExp): Locator =>
  shownTerminal(page).locator(".xterm-rows > div").filter({ hasText: text }).last();

export const shows = (page: Page, text: string | RegExp): Promise<void> =>
  row(page, text).waitFor();

/** A prompt stands there, and the keyboard goes to it. */
export async function untilReady(page: Page): Promise<void> {
  await shows(page, /[$#]\s*$/);
  await shownTerminal(page).locator("textarea:focus").waitFor({ state: "attached" });
}

/** Types a line at once and presses Enter. */
export async function enter(page: Page, line: string): Promise<void> {
  await page.keyboard.insertText(line);
  await page.keyboard.press("Enter");
}

/** The size the program draws for, as it says itself. */
export async function sizeOf(page: Page, mark: string): Promise<{ rows: number; cols: number }> {
  await enter(page, `echo ${mark}-$(stty size)-end`);
  const found = row(page, new RegExp(`${mark}-\\d+ \\d+-end`));
  const [, rows, cols] = /-(\d+) (\d+)-/.exec((await found.textContent()) ?? "") ?? [];
  return { rows: Number(rows), cols: Number(cols) };
}
