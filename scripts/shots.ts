/**
 * Takes pictures of every page in every state, wide and on a phone, light and dark, into dist/shots:
 * `deno task shots [NAME...]`. A real hub stands behind them; with Codex fetched, a real Codex works in it.
 * `--docs` takes only those of docs/pictures, anew.
 */

import type { Page } from "playwright-core";
import { mayRunAgent } from "../tests/support/agents.ts";
import {
  launchBrowser,
  type Look,
  openVisitor,
  PHONE,
  type Visitor,
  WIDE,
} from "../tests/support/browser.ts";
import { makeHubFolder } from "../tests/support/hub_folder.ts";
import { openShowcase } from "../tests/support/showcase.ts";
import { makeCarRepo } from "../tests/support/car_repo.ts";
import { type CarServer, serveCar } from "../tests/support/car_server.ts";

const FOLDER = new URL("../dist/shots/", import.meta.url).pathname;

interface Shot {
  readonly path: string;
  /** Which server is asked; the showcase when absent. */
  readonly of?: "empty" | "sources";
  /** Without the token in the address. */
  readonly isShut?: true;
  /** Brings the page into the state to be shown. */
  readonly act?: (page: Page) => Promise<unknown>;
}

const press = (...keys: readonly string[]) => async (page: Page) => {
  for (const key of keys) await page.keyboard.press(key);
};

const click = (name: string | RegExp) => async (page: Page) =>
  await page.getByRole("button", { name, exact: typeof name === "string" }).first().click();

/** The summaries of a page, opened one after the other. */
const unfold = (...at: readonly number[]) => async (page: Page) => {
  for (const index of at) await page.locator("main summary").nth(index).click();
};

async function findInTerminal(page: Page): Promise<void> {
  const rows = page.locator(".terminal-window:not([hidden]) .xterm-rows");
  if (await rows.count() === 0) await click("Open a terminal")(page);
  await rows.getByText(/[#$]\s*$/).last().waitFor();
  await page.locator(".terminal-window:not([hidden]) textarea:focus").waitFor({
    state: "attached",
  });
  await page.keyboard.insertText("seq -f 'boat %g' 40");
  await page.keyboard.press("Enter");
  await rows.getByText("boat 40").waitFor();
  await press("Control+Shift+F")(page);
  await page.getByRole("search").getByRole("textbox").fill("boat 3");
}

export const SHOTS = {
  overview: { path: "/" },
  overview_menu: { path: "/", act: click("More for harbour") },
  overview_add: { path: "/", act: click("Add repo") },
  overview_empty: { path: "/", of: "empty" },
  palette: { path: "/repos/harbour", act: press("Control+k") },
  keys: { path: "/", act: press("?") },
  inbox: { path: "/inbox" },
  inbox_diff: { path: "/inbox", act: click("What the turn changed") },
  inbox_empty: { path: "/inbox", of: "empty" },
  queue: { path: "/repos/harbour" },
  queue_chosen: { path: "/repos/harbour", act: press("j", "j", "j", "j", "j") },
  queue_new: { path: "/repos/harbour", act: click("New ticket") },
  queue_empty: { path: "/repos/mill" },
  queue_handoff: { path: "/repos/lighthouse" },
  queue_broken: { path: "/repos/tower" },
  queue_done: { path: "/repos/orchard" },
  queue_missing: { path: "/repos/attic" },
  ticket: { path: "/repos/harbour/tickets/2" },
  ticket_text: { path: "/repos/harbour/tickets/4", act: click("Whole file") },
  ticket_held: { path: "/repos/quarry/tickets/1" },
  ticket_broken: { path: "/repos/tower/tickets/1" },
  runs: { path: "/repos/harbour/runs" },
  run: { path: "/repos/harbour/runs/run-0001" },
  run_turn: { path: "/repos/harbour/runs/run-0001", act: unfold(1) },
  run_replay: { path: "/repos/orchard/runs/run-0001", act: click("Step through") },
  context: { path: "/repos/harbour/context" },
  context_spec: { path: "/repos/harbour/context/spec" },
  chat: { path: "/chat" },
  terminal: { path: "/repos/harbour/terminal" },
  terminal_find: { path: "/repos/mill/terminal", act: findInTerminal },
  archive: { path: "/repos/harbour/archive" },
  usage: { path: "/usage" },
  settings: { path: "/settings" },
  settings_agents: { path: "/settings/agents" },
  settings_doctor: { path: "/settings/doctor" },
  settings_access: { path: "/settings/access" },
  shut: { path: "/", isShut: true },
  not_found: { path: "/nowhere" },
  gallery: { path: "/_gallery", of: "sources" },
} as const satisfies Record<string, Shot>;

/** As large as a picture in a document is read well. */
const ON_PAPER: Look = { ...WIDE, width: 1160, height: 740 };
/** Pictures of the documents: their name -> what they show, how. */
const PICTURES = {
  overview: ["overview", ON_PAPER],
  queue: ["queue", { ...ON_PAPER, scheme: "dark" }],
  inbox: ["inbox", ON_PAPER],
  run: ["run_turn", ON_PAPER],
  ticket: ["ticket", ON_PAPER],
  phone: ["queue", PHONE],
} as const satisfies Record<string, readonly [keyof typeof SHOTS, Look]>;
const PICTURE_FOLDER = new URL("../docs/pictures/", import.meta.url).pathname;
/** More would weigh on everyone who clones the repo. */
const PICTURE_BYTES_MAX = 150_000;

/** The looks of each picture: its file's ending -> how it is taken. */
const LOOKS: Readonly<Record<string, Look>> = {
  wide_light: WIDE,
  wide_dark: { ...WIDE, scheme: "dark" },
  phone_light: PHONE,
  phone_dark: { ...PHONE, scheme: "dark" },
};

/** All pictures take some minutes. */
const LIFE_MS = 1_800_000;
/** Data that comes after the page, and widgets that are loaded when they are shown, in milliseconds. */
const SETTLED_MS = 1_200;

async function take(
  visitor: Visitor,
  car: CarServer,
  shot: Shot,
  picture: { readonly path: string; readonly fullPage: boolean },
): Promise<void> {
  const page = await visitor.open(shot.isShut ? `${car.url}${shot.path}` : car.page(shot.path));
  await page.waitForTimeout(SETTLED_MS);
  if (shot.act !== undefined) {
    await shot.act(page).catch((thrown: Error) =>
      console.error(`${picture.path}: ${thrown.message.split("\n")[0]}`)
    );
    await page.waitForTimeout(SETTLED_MS / 2);
  }
  await page.screenshot(picture);
  await page.close();
}

/** What one sees without scrolling. */
async function takePictures(car: CarServer): Promise<void> {
  const browser = await launchBrowser();
  try {
    for (const [name, [shown, how]] of Object.entries(PICTURES)) {
      const visitor = await openVisitor(browser, how);
      const path = `${PICTURE_FOLDER}${name}.png`;
      await take(visitor, car, SHOTS[shown], { path, fullPage: false });
      await visitor.context.close();
      const { size } = await Deno.stat(path);
      if (size > PICTURE_BYTES_MAX) throw new Error(`${path} has ${size} bytes`);
    }
  } finally {
    await browser.close();
  }
}

async function takeAll(car: CarServer, names: readonly string[]): Promise<void> {
  await using none = await makeHubFolder({ repos: [] });
  await using empty = await serveCar({ cwd: none.root, home: none.home }, { lifeMs: LIFE_MS });
  await using repo = await makeCarRepo({ config: "version: 2\nmode: repo\n" });
  await using sources = await serveCar(repo, { form: "source", lifeMs: LIFE_MS });
  const servers = { showcase: car, empty, sources };
  const browser = await launchBrowser();
  try {
    for (const [ending, look] of Object.entries(LOOKS)) {
      // A tab that was shown the way in tells the others: those who shall be shut out come by themselves.
      for (const [name, shot] of Object.entries<Shot>(SHOTS)) {
        if (names.length > 0 && !names.includes(name)) continue;
        const visitor = await openVisitor(browser, look);
        const picture = {
          path: `${FOLDER}${name}.${ending}.png`,
          fullPage: shot.act === undefined,
        };
        await take(visitor, servers[shot.of ?? "showcase"], shot, picture);
        for (const fault of visitor.faults()) console.error(`${name}.${ending}: ${fault}`);
        await visitor.context.close();
      }
    }
  } finally {
    await browser.close();
  }
}

if (import.meta.main) {
  const isForDocs = Deno.args.includes("--docs");
  const asked = Deno.args.filter((word) => word !== "--docs");
  const names = asked.filter((name) => Object.hasOwn(SHOTS, name));
  if (names.length < asked.length) {
    console.error(`There are: ${Object.keys(SHOTS).join(", ")}.`);
    Deno.exit(2);
  }
  await using showcase = await openShowcase(mayRunAgent("codex") ? "codex" : "shell", {
    lifeMs: LIFE_MS,
  });
  await (isForDocs ? takePictures(showcase.car) : takeAll(showcase.car, names));
  console.log(`${isForDocs ? "docs/pictures" : "dist/shots"}: look at them, one by one.`);
}
