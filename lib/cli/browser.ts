/**
 * Opens the person's browser on an address with a token in it. Command lines can be read by everybody
 * on the machine, so the browser is given a file that only its owner can read, which leads on.
 */

import type { Clock } from "../base/clock.ts";
import { CarError } from "../base/errors.ts";
import { writeFileAtomic } from "../control/files.ts";

const PAGE_MODE = 0o600;
/** An opener that finds no browser says so within this, in milliseconds. */
const FAILS_WITHIN_MS = 3_000;

/** What opens a file with the program the person prefers, on each system. */
const OPENERS: Readonly<Partial<Record<typeof Deno.build.os, string>>> = {
  darwin: "open",
  linux: "xdg-open",
};

/**
 * @param state The folder of the state, where the page is left.
 * @throws {CarError} `unavailable` when this machine has no browser to open.
 */
export async function openBrowser(address: string, state: string, clock: Clock): Promise<void> {
  const opener = OPENERS[Deno.build.os] ?? "xdg-open";
  const page = `${state}/open.html`;
  await writeFileAtomic(page, leadingTo(address), PAGE_MODE);
  if (await opens(opener, page, clock)) return;
  throw new CarError("unavailable", `\`${opener}\` opened no browser.`, {
    hint: "Open the address yourself.",
  });
}

/** Whether it did not fail soon: some are the browser itself, and end with it. */
async function opens(opener: string, page: string, clock: Clock): Promise<boolean> {
  const over = new AbortController();
  try {
    const child = new Deno.Command(opener, {
      args: [page],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    child.unref();
    const runs = clock.sleep(FAILS_WITHIN_MS, over.signal).then(() => ({ success: true }));
    return (await Promise.race([child.status, runs.catch(() => ({ success: true }))])).success;
  } catch {
    // The program is missing: as if it had failed.
    return false;
  } finally {
    over.abort();
  }
}

const leadingTo = (address: string): string =>
  `<!doctype html><meta charset="utf-8"><title>CAR</title>` +
  `<meta name="referrer" content="no-referrer">` +
  `<meta http-equiv="refresh" content="0; url=${
    address.replaceAll("&", "&amp;").replaceAll('"', "&quot;")
  }">`;
