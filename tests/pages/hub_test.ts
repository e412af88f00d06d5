/** A hub from its overview: repos added and found, worktrees made, two runs at once, what they used. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { hubPaths } from "../../lib/control/roots.ts";
import { inBrowser } from "../support/browser.ts";
import { runCar } from "../support/car.ts";
import { makeHubFolder } from "../support/hub_folder.ts";
import { serveCar } from "../support/car_server.ts";

const row = (page: Page, id: string) => page.locator(`tr[data-repo="${id}"]`);

async function gitRepo(path: string): Promise<void> {
  const script = 'git init -q -b main "$0" && git -C "$0" -c user.name=T -c ' +
    "user.email=t@example.invalid commit -q --allow-empty -m Begin";
  const { success, stderr } = await new Deno.Command("sh", { args: ["-ec", script, path] })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

inBrowser("The overview of a hub", {
  "adds a repo, finds another, makes a worktree": async ({ visitor, keep }) => {
    const hub = await keep(makeHubFolder({ repos: [] }));
    await gitRepo(`${hub.home}/elsewhere`);
    const car = await keep(serveCar({ cwd: hub.root, home: hub.home }));
    const someone = await visitor();
    const page = await someone.open(car.page("/"));
    await page.getByRole("heading", { name: "No repos yet" }).waitFor();

    someone.expect(/^answer: 4\d\d POST \/hub\/repos$/);
    await page.getByRole("button", { name: "Add a repo" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a repo" });
    await dialog.getByLabel("Folder or address").fill(`${hub.home}/nothing`);
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await dialog.getByRole("alert").getByText("nothing").first().waitFor();
    await dialog.getByLabel("Folder or address").fill(`${hub.home}/elsewhere`);
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await row(page, "elsewhere").getByText("idle").waitFor();

    await gitRepo(`${hub.root}/found`);
    await page.getByRole("button", { name: "Scan" }).click();
    await row(page, "found").getByText("idle").waitFor();

    await row(page, "found").getByRole("button", { name: "More for found" }).click();
    await page.getByRole("menuitem", { name: "New worktree" }).click();
    const worktree = page.getByRole("dialog", { name: "New worktree of found" });
    await worktree.getByLabel("Branch").fill("try/this");
    await worktree.getByRole("button", { name: "Make it" }).click();
    await worktree.waitFor({ state: "hidden" });
    await page.locator("tr", { hasText: "try/this" }).getByText("idle").waitFor();
  },

  "runs two repos at once, and tells how each goes": async ({ visitor, keep }) => {
    const hub = await keep(makeHubFolder({ repos: ["north", "south"] }));
    for (const id of ["north", "south"]) {
      // Each waits for the other: one after the other they would never end.
      const other = id === "north" ? "south" : "north";
      await hub.ticket(
        id,
        1,
        `touch ../${id}.on; until [ -e ../${other}.on ] && [ -e ../go ]; do sleep 0.05; done`,
      );
    }
    const car = await keep(serveCar({ cwd: hub.root, home: hub.home }));
    const page = await (await visitor()).open(car.page("/"));
    for (const id of ["north", "south"]) {
      await row(page, id).getByRole("button", { name: "Run", exact: true }).click();
    }
    for (const id of ["north", "south"]) {
      await row(page, id).getByText("running", { exact: true }).waitFor();
    }
    await page.getByText("2 running").waitFor();
    await Deno.writeTextFile(`${hub.root}/go`, "");
    for (const id of ["north", "south"]) {
      await row(page, id).getByText("1/1").waitFor();
      assert.ok(await hub.isDone(id, 1));
    }
    await page.getByText("none running").waitFor();

    await page.getByRole("link", { name: "Usage" }).click();
    await page.getByText("no agent told of tokens").waitFor();
    await page.getByLabel("Parted").selectOption("repo");
    await page.getByRole("region", { name: "By repo" }).getByText("south").waitFor();
  },

  "says that a worktree's setup failed, in its row and on its page, until it went well": async (
    { visitor, keep },
  ) => {
    const hub = await keep(makeHubFolder({ repos: ["north"] }));
    const { manifest } = hubPaths(hub.root);
    const setup = "    setup: ['test -e $CAR_BASE_ROOT/../go']\n";
    await Deno.writeTextFile(manifest, await Deno.readTextFile(manifest) + setup);
    const place = { cwd: hub.root, home: hub.home };
    const create = ["hub", "worktree", "create", "north", "x"];
    const car = await keep(serveCar(place));
    const page = await (await visitor()).open(car.page("/"));
    assert.equal((await runCar(create, place, { form: "binary" })).code, 1);
    const line = row(page, "north--x");
    await line.getByText("error", { exact: true }).waitFor();
    await line.getByText('Its setup failed; mend it, then "car hub worktree create').waitFor();
    await line.getByRole("link", { name: "x", exact: true }).click();
    await page.getByText("This worktree is not ready to be worked in").waitFor();
    await Deno.writeTextFile(`${hub.root}/go`, "");
    assert.equal((await runCar(create, place, { form: "binary" })).code, 0);
    await page.getByText("This worktree is not ready").waitFor({ state: "hidden" });
  },
});
