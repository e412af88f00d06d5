/** Real programs on real terminals. */

import assert from "node:assert/strict";
import { withRoom } from "../../../tests/support/temp_room.ts";
import { soon } from "../../../tests/support/soon.ts";
import { systemClock } from "../../base/clock.ts";
import type { CarError } from "../../base/errors.ts";
import type { Exit, SpawnedIdentity } from "../process/child.ts";
import { settlesWithin } from "../process/ladder.ts";
import type { ProcessRoom } from "../process/room.ts";
import { canFindByMarker, findMarked } from "../process/sweep.ts";
import { INPUT_BYTES_MAX } from "./input_queue.ts";
import { Pty, type PtyEnd, type PtyOptions } from "./pty.ts";

const encoder = new TextEncoder();

/** Nothing a test waits for takes so long, on however busy a machine. */
const SCREEN_MS_MAX = 30_000;

/** What a program wrote so far, and how to wait for a part of it. */
class Screen {
  text = "";
  bytes = 0;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #waiting: { wanted: RegExp; from: number; seen: () => void }[] = [];

  add(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.text += this.#decoder.decode(chunk, { stream: true });
    this.#waiting = this.#waiting.filter(({ wanted, from, seen }) => {
      const found = wanted.test(this.text.slice(from));
      if (found) seen();
      return !found;
    });
  }

  /** @param from Where in `text` to look from. */
  async has(wanted: RegExp, from = 0): Promise<void> {
    if (wanted.test(this.text.slice(from))) return;
    const seen = Promise.withResolvers<void>();
    this.#waiting.push({ wanted, from, seen: seen.resolve });
    const found = await settlesWithin(seen.promise, SCREEN_MS_MAX, systemClock);
    assert.ok(found, `${wanted} does not come: ${JSON.stringify(this.text)}`);
  }
}

interface Opened {
  readonly pty: Pty;
  readonly screen: Screen;
  type(text: string): boolean;
}

async function open(
  room: ProcessRoom,
  argv: readonly [string, ...string[]],
  options: Partial<PtyOptions> = {},
): Promise<Opened> {
  const screen = new Screen();
  const pty = await Pty.open({
    room,
    clock: systemClock,
    argv,
    cwd: room.root,
    env: { TERM: "xterm-256color", PS1: "$ " },
    inherit: [],
    size: { cols: 132, rows: 43 },
    onData: (bytes) => screen.add(bytes),
    ...options,
  });
  return { pty, screen, type: (text) => pty.write(encoder.encode(text)) };
}

const sh = (script: string): [string, ...string[]] => ["/bin/sh", "-c", script];
const linuxOnly = { ignore: !canFindByMarker() };
const ownedBy = ({ owner }: ProcessRoom) => findMarked({ marker: "owner", value: owner });

Deno.test(
  "open() gives a program a terminal of its own in a session of its own",
  linuxOnly,
  () =>
    withRoom(async (room) => {
      const { pty, screen } = await open(
        room,
        sh(
          "tty; : </dev/tty && stty size; ps -o pid= -o sid= -o tpgid= -p $$; pwd; env | sort; exit 7",
        ),
        { env: { TERM: "xterm-256color", MINE: "1" } },
      );
      assert.deepEqual(await endOf(pty), { code: 7, signal: null, stopped: false });
      assert.match(screen.text, /^\/dev\/pts\/\d+\r\n43 132\r\n/);
      assert.match(screen.text, new RegExp(`${pty.pid}\\s+${pty.pid}\\s+${pty.pid}\\s`));
      for (const line of [room.root, "TERM=xterm-256color", "MINE=1", `CAR_OWNER=${room.owner}`]) {
        assert.ok(screen.text.includes(`${line}\r\n`), line);
      }
      assert.ok(screen.text.includes(`CAR_ROOT=${room.root}\r\n`));
    }),
);

async function endOf({ exit }: Pty): Promise<PtyEnd> {
  const { code, signal, stopped } = await exit;
  return { code, signal, stopped };
}

Deno.test("exit tells code and signal", linuxOnly, async (t) => {
  const table: readonly (readonly [string, number, string | null])[] = [
    ["true", 0, null],
    ["exit 255", 255, null],
    ["kill -TERM $$", 143, "SIGTERM"],
    ["kill -KILL $$", 137, "SIGKILL"],
  ];
  for (const [script, code, signal] of table) {
    await t.step(script, () =>
      withRoom(async (room) => {
        const { pty } = await open(room, sh(script));
        assert.deepEqual(await endOf(pty), { code, signal, stopped: false });
      }));
  }
});

Deno.test("open() records start and end as of any other child", linuxOnly, async () => {
  const started: SpawnedIdentity[] = [];
  const ended: Exit[] = [];
  await withRoom(async (room) => {
    const { pty } = await open(room, sh("exit 3"));
    await pty.exit;
    assert.equal(started[0]?.pid, pty.pid);
  }, { onSpawn: (it) => started.push(it), onExit: (_, exit) => ended.push(exit) });
  assert.deepEqual(started.map((it) => it.purpose), ["terminal"]);
  assert.deepEqual(ended.map((it) => it.code), [3]);
});

Deno.test("resize() is seen by the program in front", linuxOnly, () =>
  withRoom(async (room) => {
    const script = 'trap "stty size; exit 0" WINCH; echo up; while :; do sleep 0.02; done';
    const { pty, screen } = await open(room, sh(script));
    await screen.has(/up/);
    pty.resize({ cols: 77, rows: 11 });
    await screen.has(/11 77/);
    assert.equal((await pty.exit).code, 0);
  }));

Deno.test(
  "a shell does as in any terminal: jobs, Ctrl-C, Ctrl-Z, UTF-8",
  linuxOnly,
  () =>
    withRoom(async (room) => {
      const { pty, screen, type } = await open(room, ["bash", "--norc", "-i"]);
      type("echo héllo ✓ 日本語 | cat\r");
      await screen.has(/[\r\n]héllo ✓ 日本語\r/);
      type("sh -c 'echo began; exec sleep 100'\r");
      await screen.has(/[\r\n]began/);
      type("\u0003");
      type("echo code=$?\r");
      await screen.has(/[\r\n]code=130/);
      type("sh -c 'echo again; exec sleep 100'\r");
      await screen.has(/[\r\n]again/);
      type("\u001a");
      await screen.has(/Stopped/);
      type("kill %1; exit 5\r");
      type("exit 5\r");
      assert.equal((await pty.exit).code, 5);
    }),
);

Deno.test(
  "write() brings in nine hundred kilobytes whole",
  linuxOnly,
  () =>
    withRoom(async (room) => {
      const bytes = new Uint8Array(900_000).map((_, at) => at % 251);
      const script = "stty raw -echo; echo ready; head -c 900000 | sha256sum";
      const { pty, screen } = await open(room, sh(script));
      await screen.has(/ready/);
      assert.ok(pty.write(bytes));
      await pty.exit;
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
      assert.ok(screen.text.includes(digest));
    }),
);

Deno.test(
  "write() refuses what a program that never reads would pile up",
  linuxOnly,
  () =>
    withRoom(async (room) => {
      const { pty, screen } = await open(room, sh("stty raw -echo; echo ready; exec sleep 1000"));
      await screen.has(/ready/);
      const piece = new Uint8Array(64 * 1024).fill(0x7a);
      let taken = 0;
      while (pty.write(piece)) taken += piece.length;
      assert.ok(taken <= INPUT_BYTES_MAX + 64 * 1024, `${taken}`);
      await pty.kill();
    }),
);

Deno.test("a character cut in two arrives as its bytes", linuxOnly, () =>
  withRoom(async (room) => {
    const script = "i=0; while [ $i -lt 20000 ]; do printf '日本✓é'; i=$((i+1)); done";
    const { pty, screen } = await open(room, sh(script));
    await pty.exit;
    assert.equal(screen.text, "日本✓é".repeat(20_000));
  }));

Deno.test(
  "pause() makes the program wait, and loses nothing",
  linuxOnly,
  () =>
    withRoom(async (room) => {
      const { pty, screen } = await open(room, sh("echo up; read x; seq 1 200000; echo over"));
      await screen.has(/up/);
      pty.pause();
      pty.write(encoder.encode("\r"));
      // It has filled the system's own buffer when it sleeps in a write.
      await soon("the program waits", async () => {
        const wchan = await Deno.readTextFile(`/proc/${pty.pid}/stat`);
        return / S /.test(wchan) && findMarked({ marker: "owner", value: room.owner }).length > 1;
      });
      assert.ok(screen.bytes < 1_000_000);
      assert.ok(!screen.text.includes("over"));
      pty.resume();
      await pty.exit;
      assert.ok(screen.text.endsWith("200000\r\nover\r\n"));
    }),
);

Deno.test(
  "end() leaves nothing of the group, of its jobs, and of what left the session",
  linuxOnly,
  () =>
    withRoom(async (room) => {
      const { pty, screen, type } = await open(room, ["bash", "--norc", "-i"]);
      type(
        "sleep 1001 & setsid sleep 1002 & nohup sleep 1003 & sleep 0.01; echo began; sleep 1004\r",
      );
      await screen.has(/[\r\n]began/);
      await soon("all are there", async () => await Promise.resolve(ownedBy(room).length >= 5));
      assert.equal(await pty.end(), "polite");
      assert.deepEqual(ownedBy(room), []);
      assert.ok((await pty.exit).stopped);
    }),
);

Deno.test(
  "a shell that exits by itself takes what it left in the background with it",
  linuxOnly,
  () =>
    withRoom(async (room) => {
      const { pty } = await open(room, sh("setsid sleep 1000 & nohup sleep 1000 & exit 4"));
      assert.deepEqual(await endOf(pty), { code: 4, signal: null, stopped: false });
      assert.deepEqual(ownedBy(room), []);
    }),
);

Deno.test("end() gets the better of a deaf program", linuxOnly, () =>
  withRoom(async (room) => {
    const script = 'trap "" HUP TERM; echo deaf; while :; do sleep 0.05; done';
    const { pty, screen } = await open(room, sh(script));
    await screen.has(/deaf/);
    assert.equal(await pty.end({ politeMs: 50, termMs: 50 }), "kill");
    assert.deepEqual(await endOf(pty), { code: 137, signal: "SIGKILL", stopped: true });
  }));

Deno.test(
  "end() lets the program in front save what it can",
  linuxOnly,
  () =>
    withRoom(async (room, root) => {
      const { pty, screen, type } = await open(room, ["bash", "--norc", "-i"]);
      type(
        `sh -c 'trap "sleep 0.05; echo saved > ${root}/saved; exit" HUP; echo up; while :; do sleep 0.01; done'\r`,
      );
      await screen.has(/[\r\n]up/);
      await pty.end();
      assert.equal(await Deno.readTextFile(`${root}/saved`), "saved\n");
    }),
);

Deno.test("the room's close() ends a terminal that nobody ended", linuxOnly, async () => {
  let exit: Promise<PtyEnd> | undefined;
  await withRoom(async (room) => {
    const { pty, screen } = await open(room, sh("echo up; sleep 1000"));
    await screen.has(/up/);
    exit = pty.exit;
  });
  assert.equal((await exit)?.signal, "SIGKILL");
});

Deno.test(
  "vim draws on the whole screen and writes its file",
  { ignore: !has("/usr/bin/vim") },
  () =>
    withRoom(async (room, root) => {
      const { pty, screen, type } = await open(room, [
        "vim",
        "-u",
        "NONE",
        "-n",
        `${root}/note.txt`,
      ]);
      await screen.has(/\[New\]|\[New File\]/);
      assert.ok(screen.text.includes("\u001b[?1049h"));
      type("ihello\u001b:wq\r");
      assert.equal((await pty.exit).code, 0);
      assert.equal(await Deno.readTextFile(`${root}/note.txt`), "hello\n");
    }),
);

function has(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test(
  "forty terminals at once answer, and files are read meanwhile",
  linuxOnly,
  () =>
    withRoom(async (room) => {
      const all = await Promise.all(
        Array.from({ length: 40 }, (_, at) => open(room, sh(`read x; echo "got $x"; exit ${at}`))),
      );
      for (let at = 0; at < 50; at++) await Deno.stat(room.root);
      for (const { type } of all) type("answer\r");
      const ends = await Promise.all(all.map(({ pty }) => pty.exit));
      assert.deepEqual(ends.map((it) => it.code), all.map((_, at) => at));
      assert.ok(all.every(({ screen }) => screen.text.includes("got answer")));
    }),
);

Deno.test("open() refuses in words what cannot be started", linuxOnly, async (t) => {
  const table: readonly (readonly [string, Partial<PtyOptions>, RegExp])[] = [
    ["a missing program", { argv: ["/no/such/program"] }, /no program "\/no\/such\/program"/],
    [
      "a name not on PATH",
      { argv: ["no-such-program"] },
      /"no-such-program" was not found on PATH/,
    ],
    ["a folder", { argv: ["/usr"] }, /no program "\/usr"/],
    ["a missing folder", { cwd: "/no/such/folder" }, /folder \/no\/such\/folder does not exist/],
    ["a zero byte", { argv: ["/bin/sh", "a\0b"] }, /zero byte/],
  ];
  for (const [name, options, words] of table) {
    await t.step(name, () =>
      withRoom(async (room) => {
        await assert.rejects(
          open(room, ["/bin/sh"], options),
          (it: CarError) => words.test(it.message) && it.name === "CarError",
        );
      }));
  }
});
