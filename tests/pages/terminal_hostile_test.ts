/** What a program in a terminal can do to the page and the person's clipboard: show text. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { inBrowser } from "../support/browser.ts";
import { soon } from "../support/soon.ts";
import {
  enter,
  openShell,
  row,
  shownTerminal,
  shows,
  untilReady,
} from "../support/terminal_page.ts";

const ESC = "\u001b";
const BEL = "\u0007";
const osc = (text: string) => `${ESC}]${text}${BEL}`;
const link = (uri: string, text: string) => `${osc(`8;;${uri}`)}${text}${osc("8;;")}`;

/** What other terminals have done at a program's word: clipboards, titles that are read back, files. */
const TRICKS = [
  osc(`52;c;${btoa("stolen")}`),
  osc("52;c;?"),
  osc("0;<img src=x onerror=alert(1)><script>alert(2)</script>\u202egnp"),
  osc("1337;File=inline=1:AAAA"),
  osc("7;file://elsewhere.example/etc"),
  osc("9;a notice"),
  osc("777;notify;a;b"),
  osc("10;?"),
  `${ESC}[21t${ESC}[3;0;0t${ESC}[8;5;5t${ESC}[9;1t`,
  `${ESC}P$qm${ESC}\\${ESC}P+q544e${ESC}\\`,
  `<img src=x onerror=alert(3)><script>alert(4)</script>\r\n`,
  `${link("javascript:alert(5)", "press-script")}\r\n`,
  `${link("file:///etc/passwd", "press-file")}\r\n`,
  `${link("data:text/html,<script>alert(6)</script>", "press-data")}\r\n`,
  "javascript:alert(7)//http\r\n",
].join("");

const clipboard = (page: Page): Promise<string> =>
  page.evaluate(() => navigator.clipboard.readText());
const setClipboard = (page: Page, text: string): Promise<void> =>
  page.evaluate((it) => navigator.clipboard.writeText(it), text);

/** Puts the mouse on the first letters of the newest row that has the text. */
async function pointAt(page: Page, text: string | RegExp): Promise<void> {
  const box = await row(page, text).boundingBox();
  assert.ok(box !== null);
  await page.mouse.move(box.x + 20, box.y + box.height / 2, { steps: 3 });
}

async function press(page: Page): Promise<void> {
  await page.mouse.down();
  await page.mouse.up();
}

const rowsLike = (page: Page, text: RegExp) =>
  shownTerminal(page).locator(".xterm-rows > div").filter({ hasText: text });

inBrowser("A terminal's text", {
  "sets no clipboard, opens nothing, runs nothing": async (bench) => {
    const { page, repo, someone } = await openShell(bench);
    await someone.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await setClipboard(page, "mine");
    await repo.write("tricks", TRICKS);
    await enter(page, "cat tricks; echo shown-$((1+1))");
    await shows(page, "shown-2");
    await shows(page, "<img src=x onerror=alert(3)><script>alert(4)</script>");
    await page.getByRole("group", { name: "Terminals" })
      .getByText("<img src=x onerror=alert(1)>", { exact: false }).waitFor();
    assert.equal(await page.locator("img[src=x]").count(), 0);
    assert.equal(await clipboard(page), "mine");
    for (const text of ["press-script", "press-file", "press-data", "javascript:alert"]) {
      await pointAt(page, text);
      await press(page);
    }
    assert.equal(someone.context.pages().length, 1);
    // What the screen answered by itself stands at the prompt, as in any terminal.
    await page.keyboard.press("Control+c");
    await untilReady(page);
    // After a reload the past is shown once more, and asks no more than before.
    await page.reload();
    await shows(page, "press-data");
    await untilReady(page);
    await enter(page, "echo clean-$((1+1))");
    await shows(page, /^clean-2/);
    assert.equal(await clipboard(page), "mine");
    assert.equal(someone.context.pages().length, 1);
  },

  "leads to the web alone, in a page that knows nothing of this one": async (bench) => {
    const { page, repo, someone } = await openShell(bench);
    someone.expect(/^elsewhere: https:\/\/linked\.example\//);
    await someone.context.route(
      "https://linked.example/**",
      (route) => route.fulfill({ contentType: "text/html", body: "<title>there</title>" }),
    );
    const shown = `https://linked.example/plain\r\n${
      link("https://linked.example/hidden", "named-link")
    }\r\n`;
    await repo.write("links", shown);
    await enter(page, "cat links");
    await shows(page, "named-link");
    for (const [text, path] of [[/^https:/, "plain"], [/^named-link/, "hidden"]] as const) {
      await pointAt(page, text);
      await page.getByTitle(`https://linked.example/${path}`).waitFor();
      const [other] = await Promise.all([someone.context.waitForEvent("page"), press(page)]);
      await other.waitForURL(`https://linked.example/${path}`);
      assert.equal(await other.evaluate(() => opener), null);
      assert.equal(await other.evaluate(() => document.referrer), "");
      await other.close();
    }
  },

  "is copied by the keys, and a paste of lines waits for Enter": async (bench) => {
    const { page, someone } = await openShell(bench);
    await someone.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await enter(page, "echo copied$((1+1))word");
    await pointAt(page, /^copied2word/);
    await press(page);
    await page.mouse.down({ clickCount: 2 });
    await page.mouse.up({ clickCount: 2 });
    await page.keyboard.press("Control+Shift+c");
    await soon("the copy", async () => await clipboard(page) === "copied2word");

    await setClipboard(page, "echo one-$((1+1))\necho two-$((1+1))\n");
    await page.keyboard.press("Control+Shift+v");
    await shows(page, "echo two-$((1+1))");
    assert.equal(await rowsLike(page, /^(one|two)-2/).count(), 0);
    await page.keyboard.press("Enter");
    await shows(page, /^two-2/);
    assert.equal(await rowsLike(page, /^one-2/).count(), 1);
  },
});
