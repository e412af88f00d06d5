/** The way to the server: lost and found again, shared by tabs, and closed to those without a token. */

import { inBrowser } from "../support/browser.ts";
import { runCar } from "../support/car.ts";
import { makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { serveCar } from "../support/car_server.ts";

const CONFIG = "version: 2\nmode: repo\n";

const ticket = (title: string, ...commands: string[]): string =>
  ticketText({ agent: "shell", title }, shellBody(...commands));

/** Until the journey says so. */
const untilThere = (file: string): string =>
  `until [ -e ${file} ]; do sleep 0.05; done; rm ${file}`;

inBrowser("The connection", {
  "says when the server is gone, and misses nothing when it is back": async (bench) => {
    const { visitor, keep } = bench;
    const tickets = [ticket("First", untilThere("go"), "echo 1 >> trace.txt")];
    const repo = await keep(makeCarRepo({ tickets, config: CONFIG, folder: "alpha" }));
    const first = await keep(serveCar(repo));
    const someone = await visitor();
    const page = await someone.open(first.page("/"));
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("log").getByText("until [").first().waitFor();

    someone.expect(/^failed: net::/);
    first.process.signal("SIGKILL");
    await page.getByText("Connection lost; trying again").waitFor();
    await repo.write(".codex-autorunner/tickets/TICKET-002.md", ticket("Second", "true"));
    await repo.write("go", "");
    const second = await keep(serveCar(repo, { port: first.port }));
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Second" }).waitFor();
    await page.getByText("2 of 2 done").first().waitFor();
    await page.getByText("completed", { exact: true }).first().waitFor();
    await second.api("/api/state");
  },

  "is shared by two tabs, and both are live": async ({ visitor, keep }) => {
    const tickets = [ticket("First", "true")];
    const repo = await keep(makeCarRepo({ tickets, config: CONFIG, folder: "alpha" }));
    const car = await keep(serveCar(repo));
    const someone = await visitor();
    const one = await someone.open(car.page("/"));
    await one.getByText("0 of 1 done").first().waitFor();
    const two = await someone.open(`${car.url}/repos/alpha/runs`);
    await two.getByRole("heading", { name: "No run yet" }).waitFor();
    await one.getByRole("button", { name: "Run", exact: true }).click();
    await one.getByText("1 of 1 done").first().waitFor();
    await two.getByRole("row", { name: /run-0001 completed/ }).waitFor();
  },

  "asks for the token when there is none, and when it is wrong or old": async (bench) => {
    const { visitor, keep } = bench;
    const repo = await keep(makeCarRepo({ config: CONFIG, folder: "alpha" }));
    const car = await keep(serveCar(repo));
    const someone = await visitor();
    someone.expect(/^answer: 401 /);
    const page = await someone.open(`${car.url}/`);
    const asked = page.getByRole("heading", { name: "This page needs its token" });
    await asked.waitFor();
    await page.getByLabel("Token").fill("guess");
    await page.keyboard.press("Enter");
    await page.getByText("CAR does not take this token.").waitFor();
    await page.getByLabel("Token").fill(` ${car.token}\n`);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByRole("heading", { name: "No tickets yet" }).waitFor();

    await runCar(["token", "rotate"], repo, { form: "binary" });
    await page.reload();
    await asked.waitFor();
  },
});
