import assert from "node:assert/strict";
import { withRoom } from "../../../tests/support/temp_room.ts";
import type { ProcessRoom } from "../process/room.ts";
import { commandLine, Terminals } from "./terminals.ts";

const open = (room: ProcessRoom) =>
  new Terminals({ room, turn: { id: "turn-1", env: { CAR_RUN_DIR: "/a b" } } });

Deno.test("Terminals run a command line or its words, marked and with the turn's environment", async () => {
  await withRoom(async (room, root) => {
    const terminals = open(room);
    const env = [{ name: "MINE", value: "m" }, { name: "CAR_RUN_DIR", value: "not this" }];
    const line = { command: "echo $CAR_TURN_ID $CAR_RUN_DIR $MINE; echo no >&2; exit 3", env };
    const one = terminals.create(line, root);
    assert.deepEqual(await terminals.waitForExit(one), { exitCode: 3, signal: null });
    assert.deepEqual(terminals.output(one), {
      output: "turn-1 /a b m\nno\n",
      truncated: false,
      exitStatus: { exitCode: 3, signal: null },
    });
    const words = terminals.create({ command: "printf", args: ["%s", "a b"] }, root);
    await terminals.waitForExit(words);
    assert.equal(terminals.output(words).output, "a b");
    await terminals.close();
  });
});

Deno.test("Terminals keep the end of long output, also after the release", async () => {
  await withRoom(async (room, root) => {
    const terminals = open(room);
    const command = "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done";
    const one = terminals.create({ command, outputByteLimit: 10 }, root);
    await terminals.waitForExit(one);
    assert.deepEqual(terminals.output(one).output, "\nline 1999\n".slice(-10));
    assert(terminals.output(one).truncated);
    await terminals.release(one);
    assert.deepEqual(terminals.view(one.terminalId), { output: "line 1999\n", exitCode: 0 });
    assert.throws(() => terminals.output(one), /no terminal/);
  });
});

Deno.test("Terminals end what runs when killed, released or closed", async () => {
  await withRoom(async (room, root) => {
    const terminals = open(room);
    const [killed, released] = [1, 2, 3].map(() =>
      terminals.create({ command: "sleep 600 & sleep 600" }, root)
    );
    assert(killed !== undefined && released !== undefined);
    const waiting = terminals.waitForExit(killed);
    await terminals.kill(killed);
    assert.equal((await waiting).signal, "SIGKILL");
    await terminals.release(released);
    await terminals.close();
    assert.equal(terminals.view("terminal-9"), undefined);
  });
});

Deno.test("commandLine() is what a person is asked about", () => {
  assert.equal(commandLine({ command: "rm", args: ["-rf", "old", 7] }), "rm -rf old");
  assert.equal(commandLine({}), "");
});
