/** Everything by keys, and everything on a phone. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { inBrowser, PHONE } from "../support/browser.ts";
import { makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { serveCar } from "../support/car_server.ts";

const CONFIG = "version: 2\nmode: repo\n";
const TICKETS = ["Alder", "Birch", "Cedar"].map((title) =>
  ticketText({ agent: "shell", title }, shellBody("true"))
);

const repoOfThree = () => makeCarRepo({ tickets: TICKETS, config: CONFIG, folder: "grove" });

const press = async (page: Page, ...keys: readonly string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};

inBrowser("Without a mouse", {
  "leads through palette, lists and help": async ({ visitor, keep }) => {
    const repo = await keep(repoOfThree());
    const car = await keep(serveCar(repo));
    const page = await (await visitor()).open(car.page("/inbox"));
    await page.getByRole("heading", { name: "Nothing waits for you" }).waitFor();

    await press(page, "Control+k");
    await page.getByRole("combobox", { name: "Find" }).waitFor();
    await page.keyboard.type("queu");
    await page.getByRole("option", { name: /Queue/, selected: true }).waitFor();
    await press(page, "Enter");
    await page.getByRole("link", { name: "Cedar" }).waitFor();

    await press(page, "?");
    const help = page.getByRole("dialog", { name: "Keyboard" });
    await help.getByText("Next item of a list").waitFor();
    await press(page, "Escape");
    await help.waitFor({ state: "hidden" });

    await press(page, "j", "j", "j", "k", "Enter");
    await page.waitForURL("**/repos/grove/tickets/2");
    await page.getByRole("heading", { name: /Birch/ }).first().waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "Cedar" }).waitFor();
    await press(page, "g", "u");
    await page.waitForURL("**/usage");
  },

  "runs a queue by Tab and Enter, with the focus seen": async ({ visitor, keep }) => {
    const repo = await keep(repoOfThree());
    const car = await keep(serveCar(repo));
    const page = await (await visitor()).open(car.page("/"));
    await page.getByRole("link", { name: "Cedar" }).waitFor();
    await press(page, "Tab", "Enter");
    await page.locator("main:focus").waitFor();
    await press(page, "Shift+Tab");
    const run = page.getByRole("button", { name: "Run", exact: true });
    for (let at = 0; at < 20 && !await run.evaluate((it) => it === document.activeElement); at++) {
      await press(page, "Shift+Tab");
    }
    const outline = await run.evaluate((it) => getComputedStyle(it).outlineStyle);
    assert.notEqual(outline, "none", "the focus is seen");
    await press(page, "Enter");
    await page.getByText("3 of 3 done").first().waitFor();
  },

  "works on a phone": async ({ visitor, keep }) => {
    const repo = await keep(repoOfThree());
    const car = await keep(serveCar(repo));
    const page = await (await visitor(PHONE)).open(car.page("/"));
    await page.getByRole("link", { name: "Cedar" }).click();
    await page.getByRole("heading", { name: /Cedar/ }).first().waitFor();
    await page.getByRole("button", { name: "Repos and pages" }).click();
    await page.getByRole("navigation", { name: "CAR" }).getByRole("link", { name: "grove" })
      .click();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByText("3 of 3 done").first().waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= PHONE.width, `the page is ${wide} pixels wide`);
  },
});
