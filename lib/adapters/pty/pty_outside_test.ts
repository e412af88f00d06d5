/** What is seen of a terminal only from outside of the process that holds it. */

import assert from "node:assert/strict";
import { leftoversOf, untilGone } from "../../../tests/support/processes.ts";
import { soon } from "../../../tests/support/soon.ts";
import { withRoom } from "../../../tests/support/temp_room.ts";
import { canFindByMarker } from "../process/sweep.ts";
import { readLines } from "../process/lines.ts";
import { onPtyHost, ptyRefusal } from "./host.ts";
import { LINUX_NUMBERS } from "./linux.ts";
import { Posix } from "./posix.ts";
import { throughTaker } from "./take_terminal.ts";

const PROGRAM = new URL("../../../tests/support/pty_program.ts", import.meta.url).pathname;
const linuxOnly = { ignore: !canFindByMarker() };

async function inTempDir(body: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "car-pty-" });
  try {
    await body(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function program(root: string, ...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "--no-check", PROGRAM, root, crypto.randomUUID(), ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  });
}

Deno.test(
  "nothing of a terminal outlives a CAR that is killed",
  linuxOnly,
  () =>
    inTempDir(async (root) => {
      const script = "set -m; sleep 1001 & (trap '' HUP TERM; setsid sleep 1002) & " +
        "trap '' HUP TERM INT; nohup sleep 1003 & sleep 0.05; echo began; sleep 1004";
      const child = program(root, "hold", script).spawn();
      const lines = readLines(child.stdout);
      for await (const line of { [Symbol.asyncIterator]: () => lines }) {
        if (line.includes("began")) break;
      }
      await soon("all are there", async () => (await leftoversOf(root)).length >= 4);
      child.kill("SIGKILL");
      await child.status;
      await untilGone(() => leftoversOf(root));
      await lines.return();
    }),
);

Deno.test({
  name: "ptyRefusal() and open say why there is no terminal without the permission",
  permissions: { ffi: false, read: true },
  async fn() {
    const refusal = ptyRefusal();
    assert.equal(refusal?.code, "unavailable");
    assert.match(refusal?.message ?? "", /without the permission/);
    assert.match(refusal?.hint ?? "", /--allow-all/);
    await assert.rejects(onPtyHost(() => assert.fail("it was begun")), /without the permission/);
  },
});

/** Reads until the other end is closed. */
async function readAll(posix: Posix, fd: number): Promise<string> {
  const piece = new Uint8Array(4096);
  let text = "";
  for (;;) {
    const count = posix.read(fd, piece);
    if (count < 0) return text;
    if (count === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    else text += new TextDecoder().decode(piece.subarray(0, count));
  }
}

Deno.test(
  "takeTerminal() makes a terminal that was not the session's its own",
  linuxOnly,
  () =>
    withRoom(async (_room, root) => {
      const O_RDWR_NOCTTY = 0x102;
      const posix = new Posix({ ...LINUX_NUMBERS, slaveFlags: O_RDWR_NOCTTY });
      try {
        for (const takes of [true, false]) {
          const { fd, slave } = posix.openMaster();
          const call = {
            path: "/bin/sh",
            argv: ["named", "-c", "(: </dev/tty) && tty && echo $0; grep SigIgn /proc/self/status"],
            cwd: root,
            environment: Deno.env.toObject(),
            slave,
          };
          const pid = posix.spawn(takes ? throughTaker(call) : call);
          const text = await readAll(posix, fd);
          posix.close(fd);
          while (posix.reap(pid) === null) await new Promise((resolve) => setTimeout(resolve, 5));
          assert.equal(text.includes(`${slave}\r\nnamed\r\n`), takes, text);
          assert.match(text, /SigIgn:\t0{7,}[0-9a-f]*0000000\r/);
        }
      } finally {
        posix.unload();
      }
    }),
);
