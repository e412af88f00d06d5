/** A run looked back at: hundreds of steps one by one, and its report on paper. */

import assert from "node:assert/strict";
import { inBrowser } from "../support/browser.ts";
import { makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { serveCar } from "../support/car_server.ts";
import { soon } from "../support/soon.ts";

const TICKETS = Array.from(
  { length: 30 },
  (_, at) => ticketText({ agent: "shell", title: `Part ${at + 1}` }, shellBody("true")),
);

inBrowser("A run of many turns", {
  "is replayed step by step, of which few are drawn": async ({ visitor, keep }) => {
    const config = "version: 2\nmode: repo\n";
    const repo = await keep(makeCarRepo({ tickets: TICKETS, config, folder: "mosaic" }));
    const car = await keep(serveCar(repo));
    await car.api("/api/run/start", { method: "POST", body: {} });
    await soon("the run is over", async () => {
      const { status } = await car.api("/api/state") as { status: string };
      return status === "completed";
    });

    const page = await (await visitor()).open(car.page("/repos/mosaic/runs/run-0001"));
    await page.getByText("Turn 30", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Step through" }).click();
    const rows = page.locator(".replay-row");
    await rows.first().waitFor();
    const { steps } = await car.api("/api/runs/run-0001/replay") as { steps: unknown[] };
    assert.ok(steps.length > 200, `${steps.length} steps`);
    assert.ok(await rows.count() < 60, `${await rows.count()} of them are drawn`);

    const slider = page.getByRole("slider", { name: "Step" });
    await slider.focus();
    await page.keyboard.press("End");
    await page.getByText(`${steps.length} of ${steps.length}`).waitFor();
    await page.locator(".replay-row[aria-current=step]").waitFor();
    assert.ok(await rows.count() < 60, `${await rows.count()} are drawn at the end`);
    await page.getByRole("button", { name: "Step back" }).click();
    await page.getByText(`${steps.length - 1} of ${steps.length}`).waitFor();

    await page.emulateMedia({ media: "print" });
    await page.getByRole("navigation", { name: "CAR" }).waitFor({ state: "hidden" });
    await page.getByRole("heading", { name: "What happened" }).waitFor();
  },
});
