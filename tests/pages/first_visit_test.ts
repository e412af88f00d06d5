/** From an empty repo to the first finished ticket, as a newcomer does it. */

import assert from "node:assert/strict";
import { inBrowser } from "../support/browser.ts";
import { runCar } from "../support/car.ts";
import { makeCarRepo } from "../support/car_repo.ts";
import { serveCar } from "../support/car_server.ts";

/** Waits in the middle until the journey has seen it, so that nothing depends on how quick it is. */
const WORK = "```sh\n" +
  "printf 'working on \\033[32mit\\033[0m\\n'\n" +
  "until [ -e go ]; do sleep 0.05; done\n" +
  "rm go\necho hello > hello.txt\n" +
  "```\n";

inBrowser("A first visit", {
  "goes from an empty repo to the first finished ticket": async ({ visitor, keep }) => {
    const repo = await keep(makeCarRepo({ initialised: false, folder: "greeter" }));
    const init = await runCar(["init"], repo, { form: "binary" });
    assert.equal(init.code, 0, init.stderr);
    const car = await keep(serveCar(repo));
    const page = await (await visitor()).open(car.page("/"));

    await page.getByRole("heading", { name: "No tickets yet" }).waitFor();
    assert.equal(new URL(page.url()).hash, "", "the token stays in no history");
    await page.getByRole("button", { name: "Write the first" }).click();
    const dialog = page.getByRole("dialog", { name: "New ticket" });
    await dialog.getByLabel("Title").fill("Say hello");
    await dialog.getByLabel("Agent").selectOption("shell");
    await dialog.getByLabel("What is to be done").fill(WORK);
    await dialog.getByLabel("Checks").fill("grep -q hello hello.txt");
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("link", { name: "Say hello" }).waitFor();

    await page.getByRole("button", { name: "Run", exact: true }).click();
    const turn = page.getByRole("log", { name: "What the agent does" });
    await turn.getByText("printf").first().waitFor();
    await page.getByRole("listitem").getByRole("img", { name: "in hand" }).waitFor();
    await repo.write("go", "");
    await page.getByText("1 of 1 done").first().waitFor();
    await page.getByText("completed", { exact: true }).first().waitFor();

    await page.getByRole("link", { name: "Timeline" }).click();
    const happened = page.getByRole("region", { name: "What happened" });
    await happened.getByText("Turn 1").click();
    await happened.getByText("grep -q hello hello.txt").waitFor();
    await happened.getByText("hello.txt", { exact: true }).waitFor();
    await happened.getByText("accepted").first().waitFor();
  },
});
