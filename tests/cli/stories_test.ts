/**
 * Stories: each file of tests/cli/stories is a title and a talk with the command line. Lines after `$ ` are run by
 * sh in a fresh repo; what follows is the whole answer, `! ` before lines of stderr, `[N]` for an exit
 * code that is not 0. CAR_UPDATE_GOLDEN=1 writes the answers anew, to be read in the diff.
 */

import assert from "node:assert/strict";
import type { Form } from "../support/car.ts";
import { type CarRepo, makeCarRepo } from "../support/car_repo.ts";
import { runShell } from "../support/car_shell.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const STORIES = new URL("stories/", import.meta.url);

/** What differs from run to run. */
const settled = (text: string, repo: CarRepo): string =>
  text.replaceAll(repo.cwd, "REPO").replace(/tkt_[0-9a-f]{16}/g, "tkt_ID");

async function answer(line: string, repo: CarRepo, form: Form): Promise<string> {
  const { code, out, err } = await runShell(line, repo, { form });
  const said = settled(err, repo).split("\n").filter((each) => each !== "")
    .map((each) => `! ${each}\n`);
  return settled(out, repo) + said.join("") + (code === 0 ? "" : `[${code}]\n`);
}

async function played(story: string, repo: CarRepo, form: Form): Promise<string> {
  const [title = ""] = story.split("\n");
  const parts = [`${title}\n`];
  for (const line of story.split("\n")) {
    if (line.startsWith("$ ")) parts.push(`${line}\n${await answer(line.slice(2), repo, form)}`);
  }
  return parts.join("\n");
}

for (const { name } of Deno.readDirSync(STORIES)) {
  forSourceAndBinary(`story ${name}`, async (form) => {
    await using repo = await makeCarRepo();
    const file = new URL(name, STORIES);
    const story = await Deno.readTextFile(file);
    const told = await played(story, repo, form);
    if (Deno.env.get("CAR_UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, told);
    else assert.equal(told, story, `${name} differs; CAR_UPDATE_GOLDEN=1 writes it anew`);
  });
}
