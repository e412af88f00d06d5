/** How soon a page can be used, and how it keeps up with an agent that talks without end. */

import type { Browser, CDPSession, Page } from "playwright-core";
import { CLIENT_FOLDER } from "../../scripts/build_client.ts";
import { firstLoadBytes } from "../../scripts/first_load.ts";
import { launchBrowser, openVisitor, type Visitor, WIDE } from "../support/browser.ts";
import { type CarRepo, makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { type CarServer, serveCar } from "../support/car_server.ts";
import { atMost, type Measured, repeat } from "./measure.ts";

const TIMES = 9;
const TICKETS = 1_000;
const EVENTS_PER_S = 100;
const STREAM_S = Number(Deno.env.get("CAR_BENCH_STREAM_S") ?? 20);
/** Of the time that is streamed; then what a page needs once is there, and what grows would show. */
const EARLY_SHARE = 0.25;
const HEAP_SHARE_MAX = 0.1;
const CONFIG = "version: 2\nmode: repo\n";

export async function browserRows(): Promise<readonly Measured[]> {
  const browser = await launchBrowser();
  try {
    return [
      loadRow(),
      await interactiveRow(browser),
      await queueRow(browser),
      ...await streamingRows(browser),
    ];
  } finally {
    await browser.close();
  }
}

function loadRow(): Measured {
  const list = JSON.parse(Deno.readTextFileSync(`${CLIENT_FOLDER}/client.json`));
  const bytes = [...firstLoadBytes(CLIENT_FOLDER, list)].sort(([, a], [, b]) => b - a);
  const [page, most] = bytes[0] ?? ["none", 0];
  return {
    what: "First load of a page, packed, without editor, terminal and plots; the largest page",
    target: "<= 60 kB",
    measured: `${(most / 1000).toFixed(1)} kB (${page}; the smallest ${
      ((bytes.at(-1)?.[1] ?? 0) / 1000).toFixed(1)
    } kB)`,
    met: most <= 60_000,
    python: null,
  };
}

/** Notes when a thing is in the page first, in milliseconds since the navigation began. */
const NOTE = (selector: string): string =>
  `(() => {
  const look = () => {
    if (globalThis.seenAt === undefined && document.querySelector(${JSON.stringify(selector)})) {
      globalThis.seenAt = performance.now();
    }
  };
  new MutationObserver(look).observe(document, {
    subtree: true, childList: true, attributes: true,
  });
})()`;

/** @param selector Of what must be there. */
async function timeToSee(
  visitor: Visitor,
  car: CarServer,
  path: string,
  selector: string,
): Promise<number> {
  await visitor.context.addInitScript(NOTE(selector));
  const page = await visitor.open(car.page(path));
  await page.locator(selector).first().waitFor({ state: "attached" });
  const seen = await page.evaluate<number>("globalThis.seenAt");
  await page.close();
  return seen;
}

/** Each time a browser that has seen nothing of CAR yet. */
const coldTimes = (browser: Browser, car: CarServer, selector: string) =>
  repeat(TIMES, async () => {
    const visitor = await openVisitor(browser, WIDE);
    const seen = await timeToSee(visitor, car, "/", selector);
    await visitor.context.close();
    return seen;
  });

async function interactiveRow(browser: Browser): Promise<Measured> {
  await using repo = await makeCarRepo({ config: CONFIG });
  await using car = await serveCar(repo);
  const times = await coldTimes(browser, car, "car-island[data-live=yes]");
  return atMost("A page on loopback from the first byte asked for to usable", 300, "ms", times);
}

async function queueRow(browser: Browser): Promise<Measured> {
  await using repo = await repoOf(TICKETS);
  await using car = await serveCar(repo);
  const times = await coldTimes(browser, car, ".queue-row");
  return atMost("The page of a queue with 1,000 tickets, to its rows", 500, "ms", times);
}

async function repoOf(count: number): Promise<CarRepo> {
  const repo = await makeCarRepo({ config: CONFIG });
  const folder = repo.ticketPath(1).replace(/\/[^/]*$/, "");
  for (let number = 1; number <= count; number++) {
    const name = `TICKET-${String(number).padStart(3, "0")}.md`;
    const text = ticketText({ agent: "shell", title: `Ticket ${number}` }, shellBody("true"));
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  return repo;
}

/** Keeps the longest time between two frames. */
const WATCH_FRAMES = `(() => {
  let last = performance.now();
  globalThis.longestFrame = 0;
  const look = (now) => {
    globalThis.longestFrame = Math.max(globalThis.longestFrame, now - last);
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

async function streamingRows(browser: Browser): Promise<readonly Measured[]> {
  const talk = `i=0; until [ -e go ]; do i=$((i+1)); echo "line $i of what an agent says"; ` +
    `sleep ${1 / EVENTS_PER_S}; done`;
  const ticket = ticketText({ agent: "shell", title: "Talk" }, shellBody(talk));
  await using repo = await makeCarRepo({ config: CONFIG, tickets: [ticket] });
  await using car = await serveCar(repo, { lifeMs: (STREAM_S + 120) * 1_000 });
  const visitor = await openVisitor(browser, WIDE);
  const page = await visitor.open(car.page("/"));
  await car.api("/api/run/start", { method: "POST", body: {} });
  await page.getByRole("log").locator("summary").first().click();
  // A window that does nothing: what holds up its frames too is the machine, not the page.
  const other = await openVisitor(browser, WIDE);
  const idle = await other.open(`${car.url}/mark.svg`);
  const { early, late, longest, idleLongest, events } = await stream(page, idle);
  await repo.write("go", "");
  for (const it of [visitor, other]) await it.context.close();
  const share = late / early - 1;
  const what = `${EVENTS_PER_S} lines a second of a live turn for ${STREAM_S} s`;
  return [{
    what: `${what}: longest frame`,
    target: "<= 100 ms",
    measured: `${longest.toFixed(0)} ms, in a page that does nothing beside it ${
      idleLongest.toFixed(0)
    } ms; ${events} pieces came`,
    met: longest <= 100,
    python: null,
  }, {
    what: `${what}: heap of the page`,
    target: "flat (+- 10 %)",
    measured: `${share >= 0 ? "+" : ""}${(share * 100).toFixed(1)} %: ${
      (early / 1e6).toFixed(1)
    } MB after a quarter, ${(late / 1e6).toFixed(1)} MB at the end`,
    met: share <= HEAP_SHARE_MAX,
    python: null,
  }];
}

async function stream(page: Page, idle: Page) {
  const session = await page.context().newCDPSession(page);
  let events = 0;
  await session.send("Network.enable");
  session.on("Network.dataReceived", () => events++);
  await page.waitForTimeout(STREAM_S * 1_000 * EARLY_SHARE);
  const early = await heapOf(session);
  for (const each of [page, idle]) await each.evaluate(WATCH_FRAMES);
  await page.waitForTimeout(STREAM_S * 1_000 * (1 - EARLY_SHARE));
  const longestOf = (it: Page) => it.evaluate<number>("globalThis.longestFrame");
  const [longest, idleLongest] = [await longestOf(page), await longestOf(idle)];
  return { early, late: await heapOf(session), longest, idleLongest, events };
}

async function heapOf(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize;
}
