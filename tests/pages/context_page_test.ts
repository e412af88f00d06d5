/** The contextspace on its page: read, edited, merged, turned into tickets; also the older documents. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type BrowserBench, inBrowser, type Look, PHONE, WIDE } from "../support/browser.ts";
import { type CarRepo, makeCarRepo, shellBody } from "../support/car_repo.ts";
import { makeHubFolder } from "../support/hub_folder.ts";
import { serveCar } from "../support/car_server.ts";

const CONFIG = "version: 2\nmode: repo\nrunner:\n  default_agent: shell\n";
const LIST_CONFIG = `${CONFIG}queue: todo\ndocs:\n  todo: TODO.md\n`;
const SPEC = ".codex-autorunner/contextspace/spec.md";

interface Scene {
  readonly repo: CarRepo;
  readonly page: Page;
}

async function openDoc(
  { visitor, keep }: BrowserBench,
  doc: string,
  { look = WIDE, config = CONFIG, fault }: { look?: Look; config?: string; fault?: RegExp } = {},
): Promise<Scene> {
  const repo = await keep(makeCarRepo({ config, folder: "builder" }));
  await repo.write(SPEC, "# The spec\n\nOne.\n\nTwo.\n");
  const car = await keep(serveCar(repo));
  const person = await visitor(look);
  if (fault !== undefined) person.expect(fault);
  const page = await person.open(car.page(`/repos/builder/context${doc}`));
  await page.getByRole("button", { name: "Save", exact: true }).waitFor();
  return { repo, page };
}

const editor = (page: Page) => page.locator(".doc-editor .cm-content");
const reader = (page: Page) => page.locator(".doc-reader");
const saved = (page: Page) =>
  page.locator(".editing-bar").getByRole("button", { name: "Discard" }).waitFor({
    state: "detached",
  });

async function typeAtEnd(page: Page, words: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(words);
}

inBrowser("The contextspace", {
  "is read and edited side by side, and meets another writer": async (bench) => {
    const { repo, page } = await openDoc(bench, "/spec", { fault: /^answer: 409 PUT/ });
    await reader(page).getByRole("heading", { name: "The spec" }).waitFor();
    await typeAtEnd(page, "\n## Three\n");
    await reader(page).getByRole("heading", { name: "Three" }).waitFor();
    await page.reload();
    await reader(page).getByRole("heading", { name: "Three" }).waitFor();
    const ingest = page.getByRole("button", { name: "Turn the spec into tickets" });
    assert.equal(await ingest.getAttribute("aria-disabled"), "true", "only a saved spec");
    await repo.write(SPEC, "# The spec\n\nOne, by an agent.\n\nTwo.\n");
    await page.getByText("Somebody else has changed it since you began").waitFor();
    await page.keyboard.press("Control+s");
    const dialog = page.getByRole("dialog", { name: "The document was changed meanwhile" });
    await dialog.locator(".cm-mergeView").waitFor();
    await dialog.getByRole("button", { name: "Save the merge" }).click();
    await saved(page);
    const merged = "# The spec\n\nOne, by an agent.\n\nTwo.\n\n## Three\n";
    assert.equal(await repo.read(SPEC), merged);
    await repo.write(SPEC, merged.replace("agent", "other agent"));
    await reader(page).getByText("One, by an other agent.").waitFor();
  },

  "turns the spec into a ticket that makes the tickets": async (bench) => {
    const { repo, page } = await openDoc(bench, "/spec");
    await page.getByRole("button", { name: "Turn the spec into tickets" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Queue the ticket" }).click();
    await page.getByRole("heading", { name: "1 Turn the spec into tickets" }).waitFor();
    const folder = `${repo.cwd}/.codex-autorunner/tickets`;
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assert.equal(names.filter((it) => it.startsWith("TICKET-001")).length, 1);
  },

  "is changed by an agent's draft": async (bench) => {
    const { repo, page } = await openDoc(bench, "/spec");
    const chat = page.getByRole("region", { name: "Ask an agent to change it" });
    const ask = chat.getByLabel("What is to be changed");
    await ask.fill(shellBody("echo Four. >> spec.md"));
    await ask.press("Control+Enter");
    await chat.getByText("a draft is ready").waitFor();
    await chat.getByRole("button", { name: "Apply" }).click();
    await reader(page).getByText("Four.").waitFor();
    assert.equal(await repo.read(SPEC), "# The spec\n\nOne.\n\nTwo.\nFour.\n");
  },

  "has a draft merged with what the file has become": async (bench) => {
    const { repo, page } = await openDoc(bench, "/spec", { fault: /^answer: 409 POST/ });
    const chat = page.getByRole("region", { name: "Ask an agent to change it" });
    const ask = chat.getByLabel("What is to be changed");
    await ask.fill(shellBody("sed -i 's/^Two.*/Two, as drafted./' spec.md; echo Four. >> spec.md"));
    await ask.press("Control+Enter");
    await chat.getByText("a draft is ready").waitFor();
    await repo.write(SPEC, "# The spec\n\nOne, by a person.\n\nTwo.\n");
    await chat.getByText("The file has been changed since the draft was made").waitFor();
    await chat.getByRole("button", { name: "Merge with the newer file" }).click();
    const dialog = page.getByRole("dialog", { name: "The file was changed meanwhile" });
    const merged = dialog.getByRole("textbox", {
      name: "The draft, with the file's changes in it",
    });
    const stands = dialog.getByRole("textbox", { name: "The file, as it stands now" });
    await merged.getByText("One, by a person.").waitFor();
    await merged.getByText("Two, as drafted.").waitFor();
    await repo.write(SPEC, "# The spec\n\nOne, by two persons.\n\nTwo.\n");
    await dialog.getByRole("button", { name: "Apply the merge" }).click();
    await stands.getByText("One, by two persons.").waitFor();
    await merged.getByText("One, by two persons.").waitFor();
    assert.equal(await repo.read(SPEC), "# The spec\n\nOne, by two persons.\n\nTwo.\n");
    await dialog.getByRole("button", { name: "Apply the merge" }).click();
    await dialog.waitFor({ state: "hidden" });
    await reader(page).getByText("Two, as drafted.").waitFor();
    assert.equal(
      await repo.read(SPEC),
      "# The spec\n\nOne, by two persons.\n\nTwo, as drafted.\nFour.\n",
    );
    await chat.getByText("a draft is ready").waitFor({ state: "detached" });
  },

  "is read or edited on a phone": async (bench) => {
    const { repo, page } = await openDoc(bench, "", { look: PHONE });
    assert.ok(await reader(page).isVisible());
    assert.ok(!await editor(page).isVisible());
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await typeAtEnd(page, "Mind the gap.");
    await page.getByRole("button", { name: "Read", exact: true }).click();
    await reader(page).getByText("Mind the gap.").waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await saved(page);
    const file = ".codex-autorunner/contextspace/active_context.md";
    assert.match(await repo.read(file), /Mind the gap\.$/);
    const wider = await page.evaluate(() =>
      document.documentElement.scrollWidth > document.documentElement.clientWidth
    );
    assert.ok(!wider, "nothing is wider than the phone");
  },

  "shows the older documents where the queue is a list": async (bench) => {
    const { repo, page } = await openDoc(bench, "/todo", { config: LIST_CONFIG });
    await typeAtEnd(page, "- [ ] Greet\n");
    await page.keyboard.press("Control+s");
    await saved(page);
    assert.match(await repo.read("TODO.md"), /- \[ \] Greet\n/);
    await page.getByRole("link", { name: "Opinions" }).click();
    await page.getByText("It is empty. How things are done here").waitFor();
    const chat = page.getByRole("region", { name: "Ask an agent to change it" });
    await chat.getByLabel("What is to be changed").fill(shellBody("echo Brief. > OPINIONS.md"));
    await chat.getByRole("button", { name: "Ask" }).click();
    await chat.getByRole("button", { name: "Apply" }).click();
    await reader(page).getByText("Brief.").waitFor();
    assert.equal(await repo.read(".codex-autorunner/OPINIONS.md"), "Brief.\n");
    await page.getByRole("link", { name: "Decisions" }).click();
    await editor(page).waitFor();
    await page.goto(new URL("/repos/builder/tickets/1", page.url()).href);
    await page.getByRole("heading", { name: "1 Greet" }).waitFor();
    await page.getByRole("link", { name: "Edit the list" }).click();
    await reader(page).getByText("Greet").waitFor();
  },

  "keeps the repos of a hub apart, and shows what changes in them": async ({ visitor, keep }) => {
    const hub = await keep(makeHubFolder({ repos: ["alpha", "beta"] }));
    const spec = (id: string) => `${hub.repo(id)}/${SPEC}`;
    for (const id of ["alpha", "beta"]) await Deno.writeTextFile(spec(id), `# Of ${id}\n`);
    const car = await keep(serveCar({ cwd: hub.root, home: hub.home }));
    const page = await (await visitor()).open(car.page("/repos/alpha/context/spec"));
    await reader(page).getByRole("heading", { name: "Of alpha" }).waitFor();
    await typeAtEnd(page, "Not saved.");
    await page.goto(`${car.url}/repos/beta/context/spec`);
    await reader(page).getByRole("heading", { name: "Of beta" }).waitFor();
    assert.equal(await page.locator(".editing-bar").getByText("Not saved").count(), 0);
    await Deno.writeTextFile(spec("beta"), "# Of beta, anew\n");
    await reader(page).getByRole("heading", { name: "Of beta, anew" }).waitFor();
    await page.goto(`${car.url}/repos/alpha/context/spec`);
    await reader(page).getByText("Not saved.").waitFor();
    await page.keyboard.press("Control+s");
    await saved(page);
    assert.equal(await Deno.readTextFile(spec("alpha")), "# Of alpha\nNot saved.");
    assert.equal(await Deno.readTextFile(spec("beta")), "# Of beta, anew\n");
  },
});
