/** What waits for a person, answered on the page: a handoff, a held claim sent back and accepted. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { inBrowser } from "../support/browser.ts";
import { type CarRepo, makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { soon } from "../support/soon.ts";
import { type CarServer, serveCar } from "../support/car_server.ts";

const CONFIG = "version: 2\nmode: repo\ngate:\n  attempts: 1\n";

const ASK = [
  "if [ -e asked ]; then",
  "  cat .codex-autorunner/runs/run-0001/reply_history/*/USER_REPLY.md > colour.txt",
  "else",
  "  touch asked",
  "  printf -- '---\\nmode: pause\\ntitle: Red or blue?\\n---\\nPlease **choose** one.\\n' \\",
  "    > .codex-autorunner/runs/run-0001/DISPATCH.md",
  "fi",
];

const repoWith = (...tickets: string[]): Promise<CarRepo> =>
  makeCarRepo({ tickets, config: CONFIG, folder: "painter" });

const start = (car: CarServer) => car.api("/api/run/start", { method: "POST", body: {} });

/** The one thing that waits, once it is there. */
async function waiting(page: Page, title: RegExp) {
  const card = page.getByRole("article", { name: title });
  await card.waitFor();
  return card;
}

const nothingWaits = (page: Page) =>
  page.getByRole("heading", { name: "Nothing waits for you" }).waitFor();

inBrowser("The inbox", {
  "brings a handoff while one looks, and the reply to the agent": async ({ visitor, keep }) => {
    const ticket = ticketText(
      { agent: "shell", title: "Paint it", verify: ["grep -q Blue colour.txt"] },
      shellBody(...ASK),
    );
    const repo = await keep(repoWith(ticket));
    const car = await keep(serveCar(repo));
    const page = await (await visitor()).open(car.page("/inbox"));
    await nothingWaits(page);
    await start(car);
    const card = await waiting(page, /Red or blue/);
    await page.getByRole("link", { name: "Inbox" }).getByText("1").waitFor();
    assert.equal(await card.locator("strong").innerText(), "choose", "markdown is drawn");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.keyboard.type("Blue, please.");
    await page.keyboard.press("Control+Enter");
    await nothingWaits(page);
    await page.getByRole("link", { name: "painter" }).click();
    await page.getByText("1 of 1 done").first().waitFor();
    assert.match(await repo.read("colour.txt"), /Blue, please\./);
  },

  "sends a held claim back, and accepts the next": async ({ visitor, keep }) => {
    const ticket = ticketText(
      { agent: "shell", title: "Count", verify: ["false"] },
      shellBody("echo x >> turns.txt"),
    );
    const repo = await keep(repoWith(ticket));
    const car = await keep(serveCar(repo));
    await start(car);
    const page = await (await visitor()).open(car.page("/inbox"));
    const first = await waiting(page, /TICKET-001|Count/);
    await first.getByText("held", { exact: true }).waitFor();
    await first.getByRole("button", { name: "What the turn changed" }).click();
    await first.getByText("turns.txt").first().waitFor();
    await first.getByRole("button", { name: "Send it back" }).click();
    await page.getByText("Rejected", { exact: true }).first().waitFor();
    const twice = async () => (await repo.read("turns.txt")) === "x\nx\n";
    await soon("the agent has tried again", twice);
    const second = await waiting(page, /TICKET-001|Count/);
    await second.getByText("held", { exact: true }).waitFor();
    await second.getByRole("button", { name: "Accept it as done" }).click();
    await nothingWaits(page);
    await page.getByRole("link", { name: "painter" }).click();
    await page.getByText("1 of 1 done").first().waitFor();
    assert.match(await Deno.readTextFile(repo.ticketPath(1)), /^done: true$/m);
    assert.ok(await twice());
  },
});
