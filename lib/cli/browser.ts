/**
 * Opens the person's browser on an address with a token in it. Command lines can be read by everybody
 * on the machine, so the browser is given a file that only its owner can read, which leads on.
 */

import { CarError } from "../base/errors.ts";
import { writeFileAtomic } from "../control/files.ts";

const PAGE_MODE = 0o600;

/** What opens a file with the program the person prefers, on each system. */
const OPENERS: Readonly<Partial<Record<typeof Deno.build.os, string>>> = {
  darwin: "open",
  linux: "xdg-open",
};

/**
 * @param state The folder of the state, where the page is left.
 * @throws {CarError} `unavailable` when this machine has no browser to open.
 */
export async function openBrowser(address: string, state: string): Promise<void> {
  const opener = OPENERS[Deno.build.os] ?? "xdg-open";
  const page = `${state}/open.html`;
  await writeFileAtomic(page, leadingTo(address), PAGE_MODE);
  let success = false;
  try {
    const command = new Deno.Command(opener, {
      args: [page],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    });
    ({ success } = await command.output());
  } catch {
    // The program is missing: as if it had failed.
  }
  if (success) return;
  throw new CarError("unavailable", `\`${opener}\` opened no browser.`, {
    hint: "Open the address yourself.",
  });
}

const leadingTo = (address: string): string =>
  `<!doctype html><meta charset="utf-8"><title>CAR</title>` +
  `<meta name="referrer" content="no-referrer">` +
  `<meta http-equiv="refresh" content="0; url=${
    address.replaceAll("&", "&amp;").replaceAll('"', "&quot;")
  }">`;
