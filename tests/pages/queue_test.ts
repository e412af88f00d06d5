/** The queue of a repo: reordered by keys and by hand, and still quick with thousands of tickets. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { inBrowser } from "../support/browser.ts";
import { type CarRepo, makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { serveCar } from "../support/car_server.ts";
import { soon } from "../support/soon.ts";

const CONFIG = "version: 2\nmode: repo\n";
const NAMES = ["Alder", "Birch", "Cedar", "Dogwood", "Elm"];

const ticket = (title: string): string => ticketText({ agent: "shell", title }, shellBody("true"));

const titles = (page: Page): Promise<string[]> =>
  page.getByRole("list", { name: "Queue" }).locator(".queue-title").allInnerTexts();

const untilOrder = (page: Page, want: readonly string[]) =>
  soon(
    `the queue is ${want.join(", ")}`,
    async () => (await titles(page)).join() === want.join(),
  );

/** The order of the files, which is what a run goes by. */
async function onDisk(repo: CarRepo): Promise<string[]> {
  const folder = repo.ticketPath(1).replace(/\/[^/]*$/, "");
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  const texts = names.filter((it) => it.startsWith("TICKET-")).sort().map((name) =>
    // Gone when it has just got another name: then the next look finds it.
    Deno.readTextFile(`${folder}/${name}`).catch(() => "")
  );
  return (await Promise.all(texts)).map((text) => /^title: "(.*)"$/m.exec(text)?.[1] ?? "?");
}

inBrowser("The queue", {
  "is reordered by keys and by hand": async ({ visitor, keep }) => {
    const repo = await keep(makeCarRepo({ tickets: NAMES.map(ticket), config: CONFIG }));
    const car = await keep(serveCar(repo));
    const page = await (await visitor()).open(car.page("/"));
    await untilOrder(page, NAMES);
    for (const key of ["j", "j", "J"]) await page.keyboard.press(key);
    await untilOrder(page, ["Alder", "Cedar", "Birch", "Dogwood", "Elm"]);
    await soon("files follow", async () => (await onDisk(repo))[1] === "Cedar");
    // Faster than the server answers: the chosen ticket goes on, whatever its name is by now.
    for (const key of ["J", "J", "K"]) await page.keyboard.press(key);
    const moved = ["Alder", "Cedar", "Dogwood", "Birch", "Elm"];
    await untilOrder(page, moved);
    await soon("files follow", async () => (await onDisk(repo)).join() === moved.join());
    for (const key of ["K", "K"]) await page.keyboard.press(key);
    await untilOrder(page, NAMES);
    await soon("files follow", async () => (await onDisk(repo)).join() === NAMES.join());

    const row = (title: string) => page.locator(".queue-row", { hasText: title });
    await row("Elm").dragTo(row("Alder"));
    const after = ["Elm", "Alder", "Birch", "Cedar", "Dogwood"];
    await untilOrder(page, after);
    await soon("files follow", async () => (await onDisk(repo)).join() === after.join());
    await page.reload();
    await untilOrder(page, after);
  },

  "draws a few rows of 5,000, and comes to any of them": async ({ visitor, keep }) => {
    const repo = await keep(makeCarRepo({ config: CONFIG }));
    const folder = repo.ticketPath(1).replace(/\/[^/]*$/, "");
    for (let number = 1; number <= 5_000; number++) {
      const name = `TICKET-${String(number).padStart(3, "0")}.md`;
      Deno.writeTextFileSync(`${folder}/${name}`, ticket(`Tree ${number}`));
    }
    const car = await keep(serveCar(repo));
    const page = await (await visitor()).open(car.page("/"));
    await page.getByText("0 of 5000 done").first().waitFor();
    const rows = page.locator(".queue-row");
    await rows.first().waitFor();
    assert.ok(await rows.count() < 80, `${await rows.count()} rows are drawn`);
    await page.keyboard.press("End");
    await page.getByRole("link", { name: "Tree 5000", exact: true }).waitFor();
    assert.ok(await rows.count() < 80, `${await rows.count()} rows are drawn at the end`);
  },
});
