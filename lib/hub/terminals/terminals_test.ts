/** Real programs in the terminals of a repo. */

import assert from "node:assert/strict";
import { withRoom } from "../../../tests/support/temp_room.ts";
import { soon } from "../../../tests/support/soon.ts";
import { canFindByMarker, findMarked } from "../../adapters/process/sweep.ts";
import type { ProcessRoom } from "../../adapters/process/room.ts";
import { systemClock } from "../../base/clock.ts";
import type { CarError } from "../../base/errors.ts";
import { asRepoConfig, loadConfig } from "../../control/config.ts";
import { CLOSINGS, decodeServerMessage, encodeMessage } from "../../engine/terminal_wire.ts";
import { systemChance } from "../workplace.ts";
import type { TerminalSocket } from "./client.ts";
import { Terminals, type TerminalsOptions } from "./terminals.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A page that draws at once, as one in a browser does. */
class Page implements TerminalSocket {
  screen = "";
  place = 0;
  exit: { readonly code: number; readonly signal: string | null } | null = null;
  closed: number | null = null;
  #counts = false;

  send(frame: string | Uint8Array<ArrayBuffer>): void {
    if (typeof frame !== "string") {
      this.screen += decoder.decode(frame);
      if (this.#counts) this.place += frame.length;
      return;
    }
    const message = decodeServerMessage(frame);
    if (message?.type === "exit") this.exit = message;
    if (message?.type !== "offset") return;
    this.place = message.offset;
    this.#counts = true;
  }
  close(code: number): void {
    this.closed = code;
  }
  async shows(wanted: RegExp): Promise<void> {
    await soon(`${wanted}`, async () => await Promise.resolve(wanted.test(this.screen)));
  }
}

const CONFIG = `version: 2
mode: repo
terminal:
  shell: /bin/bash
  pass_env: [CAR_TERMINAL_TEST]
  commands:
    plain: [/bin/sh, -c, "echo plain $CAR_TERMINAL_TEST; stty size; read x; exit 6"]
    pager: less
`;

interface Place {
  readonly terminals: Terminals;
  readonly room: ProcessRoom;
  readonly root: string;
}

/** Without the person's own start files: they may do anything, and a test ends them in the middle. */
const ENVIRONMENT = {
  ...Deno.env.toObject(),
  HOME: "/nonexistent",
  CAR_TERMINAL_TEST: "passed",
};

async function withTerminals(
  body: (place: Place) => Promise<void>,
  options: Partial<TerminalsOptions> & { readonly yaml?: string } = {},
): Promise<void> {
  await withRoom(async (room, folder) => {
    const root = await Deno.realPath(folder);
    await Deno.mkdir(`${root}/.codex-autorunner`);
    await Deno.writeTextFile(`${root}/.codex-autorunner/config.yml`, options.yaml ?? CONFIG);
    const config = async () => asRepoConfig(await loadConfig({ root, env: {} }));
    const terminals = new Terminals({
      root,
      config,
      room,
      clock: systemClock,
      chance: systemChance,
      environment: ENVIRONMENT,
      safe: false,
      ...options,
    });
    try {
      await body({ terminals, room, root });
    } finally {
      await terminals.endAll();
    }
  }, { environment: ENVIRONMENT });
}

const linuxOnly = { ignore: !canFindByMarker() };

Deno.test(
  "a page that is loaded again finds its shell as it left it",
  linuxOnly,
  () =>
    withTerminals(async ({ terminals, root }) => {
      const { id } = await terminals.open({ size: { cols: 100, rows: 30 } });
      const page = new Page();
      const attached = terminals.attach(id, page, null);
      attached.receive(encoder.encode("name=here; cd .codex-autorunner; echo first-$((40+2))\r"));
      await page.shows(/first-42\r/);
      attached.detach();
      const again = new Page();
      const other = terminals.attach(id, again, null);
      assert.ok(again.screen.includes("first-42"));
      assert.equal(again.place, page.place);
      other.receive(encoder.encode('echo "$name $PWD"; stty size\r'));
      await again.shows(new RegExp(`here ${root}/.codex-autorunner\r\n30 100`));
      const third = new Page();
      terminals.attach(id, third, page.place);
      assert.ok(!third.screen.includes("first-42"));
      await soon(
        "it has caught up",
        async () => await Promise.resolve(third.place === again.place),
      );
      assert.equal(third.screen, again.screen.slice(-third.screen.length));
      assert.deepEqual(terminals.list().map((it) => it.clients), [2]);
    }),
);

Deno.test(
  "open() starts what the config names, with the variables it names",
  linuxOnly,
  () =>
    withTerminals(async ({ terminals }) => {
      assert.deepEqual(
        (await terminals.offers()).map((it) => it.name).filter((it) => it !== "codex"),
        [
          "shell",
          "plain",
          "pager",
        ],
      );
      const opened = await terminals.open({ command: "plain", title: "my\u0007 own" });
      assert.equal(opened.title, "my  own");
      assert.equal(opened.argv[0], "/bin/sh");
      const page = new Page();
      const attached = terminals.attach(opened.id, page, null);
      await page.shows(/plain passed\r\n24 80/);
      attached.receive(encodeMessage({ type: "resize", cols: 90, rows: 20 }));
      attached.receive(encoder.encode("\r"));
      await soon("its end", async () => await Promise.resolve(page.exit));
      assert.deepEqual([page.exit?.code, page.exit?.signal], [6, null]);
      const [view] = terminals.list();
      assert.equal(view?.state.type, "ended");
      assert.deepEqual([view?.cols, view?.rows], [90, 20]);
    }),
);

Deno.test(
  "remove() ends the program with what it started, and forgets it",
  linuxOnly,
  () =>
    withTerminals(async ({ terminals, room }) => {
      const { id } = await terminals.open();
      const page = new Page();
      const attached = terminals.attach(id, page, null);
      attached.receive(
        encoder.encode("sleep 1001 & setsid sleep 1002 & sleep 0.01; echo up-$((1))\r"),
      );
      await page.shows(/up-1/);
      await terminals.remove(id);
      assert.deepEqual(findMarked({ marker: "owner", value: room.owner }), []);
      assert.equal(page.closed, CLOSINGS.removed.code);
      assert.ok(page.exit !== null);
      assert.deepEqual(terminals.list(), []);
      await assert.rejects(terminals.end(id), { code: "not_found" });
    }),
);

Deno.test(
  "a flood that nobody reads runs on, and the newest of it is kept",
  linuxOnly,
  () =>
    withTerminals(async ({ terminals }) => {
      const { id } = await terminals.open({ command: "seq" });
      await soon(
        "its end",
        async () => await Promise.resolve(terminals.list()[0]?.state.type === "ended"),
      );
      const page = new Page();
      terminals.attach(id, page, null);
      assert.match(page.screen, /\n300000\r\n$/);
      assert.ok(page.screen.length < 66_000);
      assert.match(page.screen.slice(2, 12), /^\d+\r\n/);
    }, {
      yaml: "version: 2\nmode: repo\nterminal:\n  scrollback_bytes: 65536\n" +
        "  commands: {seq: [seq, '300000']}\n",
    }),
);

Deno.test(
  "a terminal that nobody looks at ends after terminal.idle_seconds",
  linuxOnly,
  () =>
    withTerminals(async ({ terminals }) => {
      await terminals.open();
      await soon(
        "its end",
        async () => await Promise.resolve(terminals.list()[0]?.state.type === "ended"),
      );
    }, { yaml: "version: 2\nmode: repo\nterminal: {shell: /bin/sh, idle_seconds: 0.05}\n" }),
);

Deno.test(
  "endAll() ends them all and lets no other be opened",
  linuxOnly,
  () =>
    withTerminals(async ({ terminals, room }) => {
      const page = new Page();
      for (let number = 0; number < 3; number++) {
        const { id } = await terminals.open();
        terminals.attach(id, page, null);
      }
      await terminals.endAll();
      assert.equal(page.closed, CLOSINGS.stopping.code);
      assert.deepEqual(findMarked({ marker: "owner", value: room.owner }), []);
      assert.deepEqual(terminals.list(), []);
      await assert.rejects(terminals.open(), { code: "conflict" });
    }),
);

Deno.test("open() refuses with a reason", linuxOnly, async (t) => {
  const table: readonly (readonly [string, Parameters<typeof withTerminals>[1], object, RegExp])[] =
    [
      ["in safe mode", { safe: true }, {}, /no terminals in safe mode/],
      [
        "switched off",
        { yaml: "version: 2\nmode: repo\nterminal: {enabled: false}\n" },
        {},
        /switched off/,
      ],
      ["an unknown command", {}, { command: "nothing" }, /Nothing named "nothing"/],
      ["a folder above", {}, { cwd: ".." }, /no folder "\.\."/],
      ["a link that leads out", {}, { cwd: "out" }, /no folder "out"/],
      ["a missing folder", {}, { cwd: "no" }, /no folder "no"/],
    ];
  for (const [name, options, request, words] of table) {
    await t.step(name, () =>
      withTerminals(async ({ terminals, root }) => {
        await Deno.symlink("/usr", `${root}/out`);
        await assert.rejects(terminals.open(request), (it: CarError) => words.test(it.message));
      }, options));
  }
});

Deno.test(
  "open() keeps to terminal.max_sessions, also when all come at once",
  linuxOnly,
  () =>
    withTerminals(async ({ terminals }) => {
      const all = await Promise.allSettled(Array.from({ length: 4 }, () => terminals.open()));
      assert.equal(all.filter((it) => it.status === "fulfilled").length, 2);
      const [first] = terminals.list();
      await terminals.end(first?.id ?? "");
      await terminals.open();
      assert.equal(terminals.list().length, 3);
    }, { yaml: "version: 2\nmode: repo\nterminal: {shell: /bin/sh, max_sessions: 2}\n" }),
);
