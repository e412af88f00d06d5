/** The terminal of the page, with a real shell behind it. */

import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page, WebSocketRoute } from "playwright-core";
import { inBrowser, PHONE } from "../support/browser.ts";
import { serveCar } from "../support/car_server.ts";
import { soon } from "../support/soon.ts";
import {
  addressOf,
  enter,
  openShell,
  row,
  serveTerminals,
  shownTerminal,
  shows,
  sizeOf,
  untilReady,
} from "../support/terminal_page.ts";

const tab = (page: Page, name: string | RegExp) =>
  page.getByRole("group", { name: "Terminals" }).getByRole("button", { name });

const findings = async (page: Page): Promise<string> => {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: readonly unknown[] }>(
    "axe.run(document, { resultTypes: ['violations'] })",
  );
  return JSON.stringify(violations, null, 1);
};

/** A full-screen program writes into a file what was typed into it. */
async function editWithVim(page: Page): Promise<void> {
  await enter(page, "vim -u NONE -N note.txt");
  await shows(page, /"note.txt"/);
  await page.keyboard.type("iwritten");
  await page.keyboard.press("Escape");
  await enter(page, ":wq");
}

const hasVim = await Deno.stat("/usr/bin/vim").then(() => true, () => false);

inBrowser("A terminal", {
  "runs a shell, is found again after a reload, and fits the window": async (bench) => {
    const { page } = await openShell(bench);
    await enter(page, "echo grüße-日本-😀-$((1+1))");
    await shows(page, "grüße-日本-😀-2");
    const before = await sizeOf(page, "before");
    await page.setViewportSize({ width: 900, height: 500 });
    const drawn = shownTerminal(page).locator(".xterm-rows > div");
    await soon("another size", async () => await drawn.count() !== before.rows);
    const after = await sizeOf(page, "after");
    assert.equal(after.rows, await drawn.count());
    assert.ok(after.rows < before.rows && after.cols < before.cols);

    await page.reload();
    await shows(page, "grüße-日本-😀-2");
    await shows(page, `before-${before.rows} ${before.cols}-end`);
    await untilReady(page);
    assert.deepEqual(await sizeOf(page, "again"), after);
  },

  "shows programs that use the whole screen, also to a page that comes later": async (bench) => {
    const { page, repo } = await openShell(bench);
    await repo.write("long.txt", Array.from({ length: 500 }, (_, at) => `line-${at}\n`).join(""));
    await enter(page, "less long.txt");
    await shows(page, "line-9");
    await page.keyboard.type("G");
    await shows(page, "line-499");
    await page.reload();
    await shows(page, "line-499");
    await shownTerminal(page).locator("textarea:focus").waitFor({ state: "attached" });
    await page.keyboard.type("q");
    await untilReady(page);
    if (hasVim) {
      await editWithVim(page);
      await soon(
        "the file",
        () => repo.read("note.txt").then((it) => it === "written\n", () => null),
      );
    }
  },

  "is one for two tabs, in the size of the one that is used": async (bench) => {
    const { page, car, someone } = await openShell(bench);
    await enter(page, "echo first-$((40+2))");
    const other = await someone.open(addressOf(car));
    await other.setViewportSize({ width: 700, height: 500 });
    await shows(other, "first-42");
    await untilReady(other);
    const small = await sizeOf(other, "small");
    await shows(page, `small-${small.rows} ${small.cols}-end`);
    await page.bringToFront();
    await shownTerminal(page).locator(".xterm-screen").click();
    const large = await sizeOf(page, "large");
    assert.ok(large.cols > small.cols);
    await shows(other, `large-${large.rows} ${large.cols}-end`);
  },

  "stands beside others, with its program's title and a mark when it rings": async (bench) => {
    const { page, repo } = await openShell(bench);
    await enter(
      page,
      "printf '\\033]0;build %s\\007' watch; until [ -e go ]; do sleep 0.05; done; printf '\\a'",
    );
    await tab(page, "build watch").waitFor();
    await page.getByRole("button", { name: "New terminal" }).click();
    await tab(page, /^shell$/).waitFor();
    await untilReady(page);
    await enter(page, "echo second-$((1+1))");
    await shows(page, "second-2");
    await repo.write("go", "");
    await tab(page, "rang build watch").click();
    await untilReady(page);
    await enter(page, "echo heard-$((1+1))");
    await shows(page, "heard-2");
    await tab(page, /^build watch$/).waitFor();

    await page.getByRole("button", { name: "End shell" }).first().click();
    await page.getByText("The program was ended by SIGHUP.").waitFor();
    await shows(page, "heard-2");
    await page.getByRole("button", { name: "Take shell off the list" }).click();
    await tab(page, /^build watch$/).waitFor({ state: "detached" });
    await shows(page, "second-2");
    await enter(page, "exit 3");
    await page.getByText("The program ended with 3.").waitFor();
    await page.getByRole("button", { name: "Open another" }).click();
    await untilReady(page);
  },

  "goes on where it was when the line breaks": async (bench) => {
    const { car } = await serveTerminals(bench);
    const someone = await bench.visitor();
    const sockets: WebSocketRoute[] = [];
    await someone.context.routeWebSocket(/\/terminal\?/, (socket) => {
      sockets.push(socket);
      socket.connectToServer();
    });
    const page = await someone.open(addressOf(car));
    await page.getByRole("button", { name: "Open a terminal" }).click();
    await untilReady(page);
    await enter(page, "echo before-$((1+1))");
    await shows(page, "before-2");
    await sockets[0]?.close({ code: 3001 });
    await soon("another line", async () => await Promise.resolve(sockets.length === 2));
    await page.locator('.terminal-window[data-state="open"]').waitFor();
    assert.match(sockets[1]?.url() ?? "", /[?&]since=\d+/);
    await enter(page, "echo after-$((1+1))");
    await shows(page, "after-2");
    const all = shownTerminal(page).locator(".xterm-rows > div");
    assert.equal(await all.filter({ hasText: /^before-2/ }).count(), 1);
  },

  "tells that it ended with its CAR, and keeps its last words": async (bench) => {
    const { page, car, repo, someone } = await openShell(bench);
    await enter(page, "echo last-$((1+1))");
    await shows(page, "last-2");
    someone.expect(/^failed: net::/);
    someone.expect(/^console: error: WebSocket connection/);
    car.process.signal("SIGKILL");
    await page.getByText("The connection is lost; trying again.").waitFor();
    await bench.keep(serveCar(repo, { port: car.port }));
    await page.getByText("CAR was started anew, and this terminal ended with it.").waitFor();
    await shows(page, "last-2");
    await page.getByRole("button", { name: "Open another" }).click();
    await untilReady(page);
    await page.getByRole("button", { name: "Take shell off the list" }).click();
    await page.getByRole("button", { name: "End shell" }).waitFor();
  },

  "stays at hand while a program floods it": async (bench) => {
    const { page } = await openShell(bench);
    await enter(page, "yes | head -c 20M");
    await shows(page, /^y\s*$/);
    await page.getByRole("button", { name: "New terminal" }).click();
    await untilReady(page);
    await enter(page, "echo beside-$((1+1))");
    await shows(page, "beside-2");
    await tab(page, /^shell$/).first().click();
    await page.keyboard.press("Control+c");
    await enter(page, "echo calm-$((1+1))");
    await shows(page, "calm-2");
  },

  "ends when nobody has looked at it for terminal.idle_seconds": async (bench) => {
    const { page, car } = await openShell(bench, { more: "  idle_seconds: 0.1\n" });
    await page.getByRole("link", { name: "Queue" }).click();
    await page.getByRole("heading", { name: "No tickets yet" }).waitFor();
    await soon(
      "its end",
      async () => /"ended"/.test(JSON.stringify(await car.api("/api/sessions"))),
    );
    await page.goBack();
    await page.getByText("The program was ended by SIGHUP.").waitFor();
  },

  "offers Codex's own screen where Codex is": async (bench) => {
    const more = "  commands: {clock: [sleep, '100']}\ncodex: {binary: /bin/true}\n";
    const { page } = await openShell(bench, { more });
    await page.getByRole("button", { name: "Open a program" }).click();
    await page.getByRole("menuitem", { name: "codex" }).waitFor();
    await page.getByRole("menuitem", { name: "clock" }).click();
    await tab(page, /^clock$/).waitFor();
  },

  "takes every key but those that leave it, and is clean for axe": async (bench) => {
    const { page } = await openShell(bench);
    await page.keyboard.insertText("echo kept-$((1+1)) lost");
    for (let at = 0; at < 5; at++) await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Control+k");
    await page.keyboard.press("Enter");
    await shows(page, /kept-2\s*$/);
    assert.equal(await page.getByRole("combobox", { name: "Find" }).count(), 0);
    await page.keyboard.press("Control+Shift+ArrowUp");
    await page.locator('.terminal-tab [aria-current="true"]:focus').waitFor();
    await page.keyboard.press("?");
    await page.getByText("Leave the terminal").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Leave the terminal").waitFor({ state: "hidden" });
    assert.equal(await findings(page), "[]");
    await page.emulateMedia({ colorScheme: "dark" });
    assert.equal(await findings(page), "[]");
  },

  "finds a text in its past": async (bench) => {
    const { page } = await openShell(bench);
    await enter(page, "seq -f 'row %g end' 300");
    await shows(page, "row 300 end");
    await page.keyboard.press("Control+Shift+F");
    const search = page.getByRole("search");
    const field = search.getByRole("textbox", { name: "Find in the terminal" });
    const told = (words: string) => search.getByText(words, { exact: true }).waitFor();
    await field.fill("row 25");
    await told("11 of 11");
    await shows(page, "row 259 end");
    await page.keyboard.press("Enter");
    await told("10 of 11");
    await search.getByRole("button", { name: "Place below" }).click();
    await told("11 of 11");
    await field.press("Shift+Enter");
    await told("1 of 11");
    await shows(page, /row 25 end/);
    assert.equal(await row(page, "row 259 end").count(), 0);
    await field.fill("ROW 7 e");
    await told("1 of 1");
    await shows(page, /row 7 end/);
    assert.equal(await findings(page), "[]");
    await field.fill("no such thing");
    await told("Not found");
    await field.press("Escape");
    await search.waitFor({ state: "detached" });
    await enter(page, "echo typed-$((1+1))");
    await shows(page, "typed-2");
    await page.getByRole("button", { name: "Find in the terminal" }).click();
    await field.fill("typed-2");
    await told("1 of 1");
    await search.getByRole("button", { name: "Close the search" }).click();
    await untilReady(page);
  },

  "says what is written to screen readers, where that is wanted": async (bench) => {
    const { page } = await openShell(bench);
    const reader = page.getByRole("button", { name: "Screen reader mode" });
    const said = shownTerminal(page).locator(".xterm-accessibility");
    assert.equal(await reader.getAttribute("aria-pressed"), "false");
    assert.equal(await said.count(), 0);
    await reader.click();
    await said.waitFor({ state: "attached" });
    await untilReady(page);
    // By keys: in this mode xterm takes nothing that comes without them.
    await page.keyboard.type("echo heard-$((1+1))\n");
    await said.getByRole("listitem").filter({ hasText: /^heard-2/ }).waitFor();
    await page.reload();
    await said.getByRole("listitem").filter({ hasText: /^heard-2/ }).waitFor();
    assert.equal(await reader.getAttribute("aria-pressed"), "true");
    assert.equal(await findings(page), "[]");
    await reader.click();
    await said.waitFor({ state: "detached" });
  },

  "has the keys a phone lacks": async (bench) => {
    const { page } = await openShell(bench, { look: PHONE });
    const keys = page.getByRole("toolbar", { name: "Keys" });
    await enter(page, "cat");
    await page.keyboard.insertText("to cat");
    await keys.getByRole("button", { name: "Control C" }).click();
    await enter(page, "echo one-$((1+1))");
    await shows(page, "one-2");
    await keys.getByRole("button", { name: "Up" }).click();
    await page.keyboard.press("Enter");
    await soon(
      "it twice",
      async () =>
        await shownTerminal(page).locator(".xterm-rows > div").filter({ hasText: /^one-2/ })
          .count() === 2,
    );
    await keys.getByRole("button", { name: "Ctrl", exact: true }).click();
    await page.keyboard.insertText("d");
    await page.getByText("The program ended with 0.").waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= PHONE.width, `the page is ${wide} pixels wide`);
    assert.equal(await findings(page), "[]");
  },

  "is absent in safe mode, and the page says why": async (bench) => {
    const { car } = await serveTerminals(bench, "", ["--safe"]);
    const page = await (await bench.visitor()).open(addressOf(car));
    await page.getByRole("heading", { name: "There are no terminals in safe mode." }).waitFor();
    await page.getByText("Start CAR without --safe").waitFor();
    assert.equal(await page.getByRole("button", { name: /terminal/i }).count(), 0);
    assert.equal(await row(page, /./).count(), 0);
  },
});
