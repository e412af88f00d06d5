/** The real Codex draws its screen in a terminal, answers a prompt, and leaves nothing behind. */

import assert from "node:assert/strict";
import { mayRunAgent, requireAgent } from "../../../tests/support/agents.ts";
import { writeCodexHome } from "../../../tests/support/codex_home.ts";
import { leftoversOf, untilGone } from "../../../tests/support/processes.ts";
import { soon } from "../../../tests/support/soon.ts";
import { withRoom } from "../../../tests/support/temp_room.ts";
import { systemClock } from "../../base/clock.ts";
import { asRepoConfig, loadConfig } from "../../control/config.ts";
import { encodeMessage } from "../../engine/terminal_wire.ts";
import { systemChance } from "../workplace.ts";
import type { Attachment } from "./terminal.ts";
import { Terminals } from "./terminals.ts";

const ESC = "\u001b";
/** Where the cursor is, and what kind of terminal this is: Codex waits for both. */
const ANSWERS: Readonly<Record<string, string>> = {
  [`${ESC}[6n`]: `${ESC}[1;1R`,
  [`${ESC}[c`]: `${ESC}[?62;22c`,
};
const QUESTION = new RegExp(`${ESC}\\[(?:6n|c)`, "g");
const SEQUENCE = new RegExp(
  `${ESC}(?:\\[[?>=]?[\\d;]*[ -/]*[@-~]|\\][^\u0007${ESC}]*(?:\u0007|${ESC}\\\\)|.)`,
  "g",
);

const CODEX = { ignore: !mayRunAgent("codex") };

Deno.test("the codex offer opens Codex's own screen", CODEX, () =>
  withRoom(async (room, root) => {
    const home = `${root}/home`;
    await Deno.mkdir(home);
    await writeCodexHome(home, "http://127.0.0.1:9/v1");
    await Deno.mkdir(`${root}/.codex-autorunner`);
    await Deno.writeTextFile(
      `${root}/.codex-autorunner/config.yml`,
      `version: 2\nmode: repo\ncodex: {binary: ${requireAgent("codex")}}\n` +
        `app_server: {home: ${home}}\n`,
    );
    const terminals = new Terminals({
      root,
      config: async () => asRepoConfig(await loadConfig({ root, env: {} })),
      room,
      clock: systemClock,
      chance: systemChance,
      environment: Deno.env.toObject(),
      safe: false,
    });
    try {
      const { id } = await terminals.open({ command: "codex", size: { cols: 100, rows: 30 } });
      let screen = "";
      let attached: Attachment | null = null;
      const send = (frame: string | Uint8Array) => {
        if (typeof frame === "string") return;
        const text = new TextDecoder().decode(frame);
        screen += text;
        for (const [question] of text.matchAll(QUESTION)) {
          attached?.receive(new TextEncoder().encode(ANSWERS[question] ?? ""));
        }
      };
      attached = terminals.attach(id, { send, close: () => {} }, null);
      attached.receive(encodeMessage({ type: "resize", cols: 100, rows: 30 }));
      const words = () => screen.replace(SEQUENCE, " ");
      await soon("Codex's screen", async () =>
        await Promise.resolve(/Ask Codex to do/.test(words())));
      let again = "";
      const show = (frame: string | Uint8Array) => {
        if (typeof frame !== "string") {
          again += new TextDecoder().decode(frame);
        }
      };
      terminals.attach(id, { send: show, close: () => {} }, null);
      assert.match(again.replace(SEQUENCE, " "), /Ask Codex to do/);
      assert.doesNotMatch(again, QUESTION);
      assert.ok((await leftoversOf(room.root)).length > 0);
      await terminals.remove(id);
      await untilGone(() =>
        leftoversOf(room.root)
      );
    } finally {
      await terminals.endAll();
    }
  }));
