/** P24: text from tickets, agents and git is text: on a terminal it moves no cursor and hides nothing. */

import assert from "node:assert/strict";
import { runCar } from "../support/car.ts";
import { makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

/** Terminal sequences, text that turns around, characters that show as nothing. */
const PAYLOADS = [
  "\u001b]0;title\u0007",
  "\u001b[2J\u001b[H",
  "\u001b[31mred",
  "\u001b]8;;http://evil.example.org\u0007link\u001b]8;;\u0007",
  "\u009b31m",
  "\u202egnp.exe",
  "\u2066hidden\u2069",
  "back\b\b\b\bgone",
  "over\rwritten",
];

const ALIVE = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;

/** `ticket show` hands the file to a pipe byte for byte, and is left out. */
const COMMANDS: readonly (readonly string[])[] = [
  ["ticket", "list"],
  ["ticket", "lint"],
  ["status"],
  ["log"],
  ["explain"],
  ["run", "replay", "1"],
];

forSourceAndBinary(
  "P24: what tickets, commands and branches say does nothing to a terminal",
  async (form) => {
    const evil = PAYLOADS.join(" ");
    // YAML forbids a raw C1 character.
    const title = `Title ${evil.replaceAll("\u009b", "")}`;
    const octal = [...new TextEncoder().encode(evil)].map((it) =>
      `\\${it.toString(8).padStart(3, "0")}`
    )
      .join("");
    const body = shellBody(`printf '${octal}\\n'`, `printf '${octal}\\n' >&2`, "exit 1");
    await using repo = await makeCarRepo({
      tickets: [ticketText({ agent: "shell", title, goal: title, verify: ["true"] }, body)],
    });
    await repo.git("switch", "-qc", "branch\u202egnp");
    const ran = await runCar(["run"], repo, { form });
    for (const command of [["run"], ...COMMANDS]) {
      const { stdout, stderr } = command[0] === "run" && command.length === 1
        ? ran
        : await runCar(command, repo, { form });
      const said = stdout + stderr;
      assert.doesNotMatch(said, ALIVE, `${command.join(" ")}: ${JSON.stringify(said)}`);
    }
  },
);
