/** A turn of the real Codex, watched as it happens; only its model is played. */

import { inBrowser } from "../support/browser.ts";
import { openShowcase } from "../support/showcase.ts";

inBrowser("The real Codex", {
  "is seen at work: what it thinks, says, runs and changes": async ({ visitor, keep }) => {
    const { car, goOn } = await keep(openShowcase("codex"));
    const page = await (await visitor()).open(car.page("/repos/harbour"));
    const turn = page.getByRole("log", { name: "What the agent does" });
    await turn.locator("strong", { hasText: "outline" }).waitFor();
    await turn.getByText("Thought").click();
    await turn.getByText("One path for each jetty").waitFor();
    await turn.getByText("sh scripts/check.sh").click();
    await turn.getByText("src/bookings.ts").first().waitFor();
    await turn.locator("summary", { hasText: "new" }).click();
    await turn.getByText("const SIDE = 12;").waitFor();
    await page.getByText(/^Turn$/).waitFor();
    await page.getByText(/\d,\d{3} tokens/).first().waitFor();

    await goOn();
    await page.getByText("5 of 7 done").first().waitFor();
    // The next is a person's own: the run waits, and says for what.
    await page.getByText(/Ask the harbour master for the prices/).first().waitFor();
    await page.getByRole("link", { name: "Answer" }).waitFor();

    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await page.getByRole("link", { name: "run-0001" }).click();
    const happened = page.getByRole("region", { name: "What happened" });
    await happened.getByText("Turn 2").click();
    await happened.getByText("rejected").first().waitFor();
    await happened.getByText("a.from <= b.to", { exact: false }).first().waitFor();
  },
}, ["codex"]);
