/** A ticket on its page: edited as a form and as a file, against another writer, and with an agent's draft. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type BrowserBench, inBrowser } from "../support/browser.ts";
import { type CarRepo, makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { type CarServer, serveCar } from "../support/car_server.ts";
import { soon } from "../support/soon.ts";

const CONFIG = "version: 2\nmode: repo\nrunner:\n  default_agent: shell\ngate:\n  attempts: 1\n";
const FIRST =
  '---\nticket_id: tkt_0000000000000001\nagent: shell # the quick one\ndone: false\ntitle: "Greet"\n---\n\nSay hello.\n';

interface Scene {
  readonly repo: CarRepo;
  readonly car: CarServer;
  readonly page: Page;
}

/** A tab at the first ticket of a queue. */
async function openFirst(
  { visitor, keep }: BrowserBench,
  tickets: readonly string[],
  fault?: RegExp,
): Promise<Scene> {
  const repo = await keep(makeCarRepo({ tickets, config: CONFIG, folder: "greeter" }));
  const car = await keep(serveCar(repo));
  const person = await visitor();
  if (fault !== undefined) person.expect(fault);
  const page = await person.open(car.page("/repos/greeter/tickets/1"));
  await page.getByLabel("Title").waitFor();
  await page.locator(".cm-content").waitFor();
  return { repo, car, page };
}

const editor = (page: Page) => page.locator(".ticket-editor .cm-content");
const text = (repo: CarRepo, number = 1) => Deno.readTextFile(repo.ticketPath(number));
const discard = (page: Page) =>
  page.locator(".editing-bar").getByRole("button", { name: "Discard" });
const saved = (page: Page) => discard(page).waitFor({ state: "detached" });

async function typeAtEnd(page: Page, words: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(words);
}

inBrowser("A ticket", {
  "is edited as a form, judged while one types, and keeps every other byte": async (bench) => {
    const { repo, page } = await openFirst(bench, [FIRST]);
    await page.getByLabel("Title").fill("Greet the world");
    await page.getByLabel("turns").fill("few");
    await page.getByText(/limits has turns/).waitFor();
    await page.getByText("1 problem", { exact: true }).waitFor();
    await page.getByLabel("turns").fill("4");
    await page.getByRole("button", { name: "Add a check" }).click();
    await page.getByLabel("Check 1", { exact: true }).fill("test -e hello.txt");
    await page.getByLabel("Seconds for check 1").fill("30");
    await typeAtEnd(page, "Then say goodbye.");
    await page.keyboard.press("Control+s");
    await saved(page);
    assert.equal(
      await text(repo),
      FIRST.replace('title: "Greet"', "title: Greet the world")
        .replace(
          "\n---\n\n",
          '\nverify: [{run: "test -e hello.txt", timeout_s: 30}]\nlimits: {turns: 4}\n---\n\n',
        )
        .concat("Then say goodbye."),
    );
    await page.getByRole("heading", { name: "1 Greet the world" }).waitFor();
  },

  "keeps what is not saved over a reload, and takes it into the whole file": async (bench) => {
    const { repo, page } = await openFirst(bench, [FIRST]);
    await page.getByLabel("Goal").fill("A greeting");
    await typeAtEnd(page, "More");
    await page.reload();
    await discard(page).waitFor();
    assert.equal(await page.getByLabel("Goal").inputValue(), "A greeting");
    await page.getByRole("button", { name: "Whole file" }).click();
    await page.getByRole("textbox", { name: "The whole file" }).waitFor();
    await editor(page).getByText("goal: A greeting").waitFor();
    await editor(page).getByText("done: false").click();
    await page.keyboard.press("End");
    await page.keyboard.type("ish");
    await editor(page).locator(".cm-words").getByText(/done/).waitFor();
    for (const _ of "ish") await page.keyboard.press("Backspace");
    await editor(page).locator(".cm-words").waitFor({ state: "detached" });
    // Escape leaves the editor, and the keyboard is the page's again.
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Form" }).click();
    await page.getByLabel("Goal").waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await saved(page);
    assert.equal(
      await text(repo),
      FIRST.replace("\n---\n\n", "\ngoal: A greeting\n---\n\n").concat("More"),
    );
    await page.reload();
    await page.getByLabel("Goal").waitFor();
    await saved(page);
  },

  "shows another writer's change at once, and brings two versions together": async (bench) => {
    const { repo, page } = await openFirst(bench, [FIRST], /^answer: 409 PUT/);
    const path = repo.ticketPath(1);
    await Deno.writeTextFile(path, FIRST.replace("Say hello.", "Say hello loudly."));
    await editor(page).getByText("Say hello loudly.").waitFor();
    await page.getByLabel("Goal").fill("Mine");
    await typeAtEnd(page, "Mine, below.");
    const theirs = (await text(repo)).replace('"Greet"', '"Theirs"').replace("Say", "Do say");
    await Deno.writeTextFile(path, theirs);
    await page.getByText("Somebody else has changed it since you began").waitFor();
    assert.equal(await page.getByLabel("Goal").inputValue(), "Mine", "nothing typed is lost");
    await page.keyboard.press("Control+s");
    const dialog = page.getByRole("dialog", { name: "The ticket was changed meanwhile" });
    await dialog.locator(".cm-mergeView").waitFor();
    await dialog.getByRole("button", { name: "Save the merge" }).click();
    await saved(page);
    assert.equal(
      await text(repo),
      theirs.replace("\n---\n\n", "\ngoal: Mine\n---\n\n").concat("Mine, below."),
    );

    await page.getByLabel("Title").fill("Mine");
    await Deno.writeTextFile(path, FIRST);
    await page.getByRole("button", { name: "Compare" }).click();
    await dialog.getByRole("button", { name: "Take theirs" }).click();
    await soon(
      "theirs is shown",
      async () => await page.getByLabel("Title").inputValue() === "Greet",
    );
    await saved(page);
    assert.equal(await text(repo), FIRST);
  },

  "tells its checks with their output, its turns and what they changed": async (bench) => {
    const ticket = ticketText(
      { agent: "shell", title: "Count", verify: ["test -e a.js", "echo counted to 3; false"] },
      shellBody("echo 'const three = 3;' > a.js"),
    );
    const { car, page } = await openFirst(bench, [ticket]);
    await car.api("/api/run/start", { method: "POST", body: {} });
    const verdicts = page.getByRole("region", { name: "Verdicts" });
    await verdicts.getByText("held", { exact: true }).waitFor();
    await verdicts.getByText(/^passed/).waitFor();
    await verdicts.getByText("echo counted to 3; false", { exact: true }).click();
    await verdicts.getByText("counted to 3", { exact: true }).waitFor();
    const turns = page.getByRole("region", { name: "Turns" });
    await turns.getByText("What it changed").click();
    await turns.locator(".diff-line .hljs-keyword").getByText("const").waitFor();
    await page.getByRole("region", { name: "Where it stands" }).getByText(/held/).first().waitFor();
  },

  "is changed by an agent's draft, once a person applies it": async (bench) => {
    const { repo, page } = await openFirst(bench, [FIRST]);
    const chat = page.getByRole("region", { name: "Ask an agent to change it" });
    const ask = chat.getByLabel("What is to be changed");
    await ask.fill(`Louder:\n\n${shellBody("sed -i.old s/hello/HELLO/ TICKET-001.md")}`);
    await ask.press("Control+Enter");
    await chat.getByText("a draft is ready").waitFor();
    await chat.locator(".diff-line[data-kind=add]").getByText("HELLO").waitFor();
    assert.equal(await text(repo), FIRST, "a draft is not the file");
    await chat.getByRole("button", { name: "Apply" }).click();
    await editor(page).getByText("Say HELLO.", { exact: true }).waitFor();
    assert.equal(await text(repo), FIRST.replace("hello", "HELLO"));

    await ask.fill(shellBody("echo more >> TICKET-001.md"));
    await chat.getByRole("button", { name: "Ask" }).click();
    await chat.getByText("a draft is ready").waitFor();
    await chat.getByRole("button", { name: "Discard" }).click();
    await chat.getByText("a draft is ready").waitFor({ state: "detached" });
    assert.equal(await text(repo), FIRST.replace("hello", "HELLO"));

    await ask.fill(shellBody("touch begun", "sleep 600"));
    await ask.press("Control+Enter");
    await chat.getByRole("button", { name: "Interrupt" }).click();
    await chat.getByText("interrupted", { exact: true }).waitFor();
  },

  "is marked, moved, left by keys and taken out": async (bench) => {
    const second = FIRST.replace("0001", "0002").replace("Greet", "Second");
    const { repo, page } = await openFirst(bench, [FIRST, second]);
    await page.getByRole("button", { name: "Mark done" }).click();
    await page.getByRole("button", { name: "Open again" }).waitFor();
    assert.match(await text(repo), /^done: true$/m);
    await page.keyboard.press("]");
    await page.getByRole("heading", { name: "2 Second" }).waitFor();
    await page.getByRole("button", { name: "Mark done" }).waitFor();
    await page.keyboard.press("[");
    await page.getByRole("heading", { name: "1 Greet" }).waitFor();
    await page.getByRole("button", { name: "Open again" }).waitFor();
    await page.getByRole("button", { name: "More for this ticket" }).click();
    await page.getByRole("menuitem", { name: "Move" }).click();
    await page.getByRole("dialog").getByLabel("New number").fill("7");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "7 Greet" }).waitFor();
    await page.getByRole("button", { name: "More for this ticket" }).click();
    await page.getByRole("menuitem", { name: "Take out" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take out" }).click();
    await page.getByRole("link", { name: "Second" }).waitFor();
    await assert.rejects(text(repo, 7), Deno.errors.NotFound);
  },

  "is mended when its file is broken, and not missed when there is none": async (bench) => {
    const { visitor, keep } = bench;
    const broken = FIRST.replace("done: false", "done: [");
    const repo = await keep(makeCarRepo({ tickets: [broken], config: CONFIG, folder: "greeter" }));
    const car = await keep(serveCar(repo));
    const person = await visitor();
    const page = await person.open(car.page("/repos/greeter/tickets/1"));
    await page.getByText("broken", { exact: true }).waitFor();
    await editor(page).locator(".cm-words").first().waitFor();
    await page.getByRole("button", { name: "Form" }).click();
    await page.getByText("The file cannot be shown as a form").waitFor();
    await editor(page).getByText("done: [").click();
    await page.keyboard.press("End");
    await page.keyboard.press("Backspace");
    await page.keyboard.type("false");
    await editor(page).locator(".cm-words").waitFor({ state: "detached" });
    await page.keyboard.press("Control+s");
    await saved(page);
    assert.equal(await text(repo), FIRST);
    await page.getByRole("button", { name: "Form" }).click();
    assert.equal(await page.getByLabel("Title").inputValue(), "Greet");

    person.expect(/^answer: 404 GET .*tickets\/99/);
    const nowhere = await person.open(car.page("/repos/greeter/tickets/99"));
    await nowhere.getByRole("link", { name: "To the queue" }).click();
    await nowhere.getByRole("link", { name: "Greet", exact: true }).waitFor();
  },
});
