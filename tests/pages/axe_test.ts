/** Every page is sound for those who cannot see it, or see it badly: axe finds nothing, light and dark. */

import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { type BrowserBench, inBrowser, PHONE } from "../support/browser.ts";
import { makeCarRepo } from "../support/car_repo.ts";
import { type CarServer, serveCar } from "../support/car_server.ts";
import { pageAddresses } from "../support/page_addresses.ts";
import { openShowcase } from "../support/showcase.ts";

/** Drawn and loaded: no grey bars but those of the gallery, and the stream is on. */
async function untilShown(page: Page): Promise<void> {
  await page.getByText("Live", { exact: true }).waitFor({ state: "attached" });
  const bars = page.locator("car-island:not([data-name=gallery]) .skeleton");
  await bars.first().waitFor({ state: "detached" });
}

interface Finding {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** @param rules Only these; all when absent. */
async function findings(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = rules === undefined ? {} : { runOnly: { type: "rule", values: rules } };
  const { violations } = await page.evaluate<{ violations: Finding[] }>(
    `axe.run(document, ${JSON.stringify({ ...options, resultTypes: ["violations"] })})`,
  );
  return violations.map(({ id, help, nodes }) =>
    [`${id}: ${help}`, ...nodes.map((it) => `  ${it.html.slice(0, 300)}\n  ${it.failureSummary}`)]
      .join("\n")
  );
}

/** Each page once: wide and light, then its colours in the dark, then as a phone shows it. */
async function look(page: Page, name: string, found: string[]): Promise<void> {
  const note = (how: string, faults: readonly string[]) =>
    void found.push(...faults.map((it) => `${name}, ${how}: ${it}`));
  await untilShown(page);
  await page.evaluate(axe.source);
  note("wide", [...await tooWide(page), ...await findings(page)]);
  await page.emulateMedia({ colorScheme: "dark" });
  note("dark", await findings(page, ["color-contrast"]));
  await page.setViewportSize({ width: PHONE.width, height: PHONE.height });
  note("phone", [...await tooWide(page), ...await findings(page)]);
}

async function tooWide(page: Page): Promise<string[]> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return over > 0 ? [`${over} pixels too wide`] : [];
}

async function lookAtAll(
  { visitor }: BrowserBench,
  car: CarServer,
  addresses: ReturnType<typeof pageAddresses>,
): Promise<void> {
  const found: string[] = [];
  const someone = await visitor();
  for (const { island, path } of addresses) {
    const page = await someone.open(car.page(path));
    await look(page, island, found);
    await page.close();
  }
  assert.equal(found.join("\n\n"), "");
}

inBrowser("Pages", {
  "are clean in a hub at work": async (bench) => {
    const { car } = await bench.keep(openShowcase("shell"));
    await lookAtAll(bench, car, pageAddresses("hub"));
  },
  "are clean in the gallery of parts": async (bench) => {
    const repo = await bench.keep(makeCarRepo({ config: "version: 2\nmode: repo\n" }));
    const car = await bench.keep(serveCar(repo, { form: "source" }));
    await lookAtAll(bench, car, pageAddresses("sources"));
  },
});
