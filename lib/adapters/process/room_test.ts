import assert from "node:assert/strict";
import { flood } from "../../../tests/support/flood.ts";
import { systemClock } from "../../base/clock.ts";
import { CarError } from "../../base/errors.ts";
import { isAlive } from "../../control/process_identity.ts";
import { describeExit, type Exit, type SpawnSpec } from "./child.ts";
import { textOf, withRoom } from "../../../tests/support/temp_room.ts";

const sh = (cwd: string, script: string, more: Partial<SpawnSpec> = {}): SpawnSpec => ({
  argv: ["/bin/sh", "-c", script],
  cwd,
  purpose: "check",
  ...more,
});

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("run() keeps output, exit and hash", () =>
  withRoom(async (room, root) => {
    const done = await room.run(sh(root, "cat; echo err >&2; exit 3"), {
      timeoutMs: 10_000,
      stdin: "hello\n",
    });
    assert.equal(text(done.stdout), "hello\n");
    assert.equal(done.exit.code, 3);
    assert.equal(done.exit.signal, null);
    assert.equal(done.exit.stderrTail, "err\n");
    assert.equal(done.sha256, "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
    assert.ok(!done.timedOut);
  }));

Deno.test("run() keeps the asked end of a longer output and hashes the whole", () =>
  withRoom(async (room, root) => {
    const spec = sh(root, "printf 0123456789");
    const tail = await room.run(spec, { timeoutMs: 10_000, bytesMax: 4 });
    const head = await room.run(spec, { timeoutMs: 10_000, bytesMax: 4, keep: "head" });
    assert.equal(text(tail.stdout), "6789");
    assert.equal(text(head.stdout), "0123");
    assert.equal(tail.bytes, 10);
    assert.equal(tail.sha256, head.sha256);
  }));

Deno.test("run() with merged stderr keeps the order of writing", () =>
  withRoom(async (room, root) => {
    const spec = sh(root, "echo 1; echo 2 >&2; echo 3", { stderr: "merged" });
    const done = await room.run(spec, { timeoutMs: 10_000 });
    assert.equal(text(done.stdout), "1\n2\n3\n");
  }));

Deno.test("run() stops at the deadline, a program that ignores TERM too", () =>
  withRoom(async (room, root) => {
    const spec = sh(root, "trap '' TERM; while :; do sleep 1; done");
    const done = await room.run(spec, { timeoutMs: 50, times: { termMs: 50 } });
    assert.ok(done.timedOut);
    assert.equal(done.exit.signal, "SIGKILL");
    assert.ok(done.exit.stopped);
  }));

Deno.test("run() stops when its signal aborts", () =>
  withRoom(async (room, root) => {
    const controller = new AbortController();
    const running = room.run(sh(root, "exec sleep 100"), {
      timeoutMs: 60_000,
      signal: controller.signal,
    });
    controller.abort();
    const done = await running;
    assert.deepEqual([done.aborted, done.timedOut, done.exit.signal], [true, false, "SIGTERM"]);
  }));

Deno.test("run() does not fail when the program leaves its input unread", () =>
  withRoom(async (room, root) => {
    const done = await room.run(sh(root, "exec <&-; echo ok"), {
      timeoutMs: 10_000,
      stdin: "x".repeat(1_000_000),
    });
    assert.equal(text(done.stdout), "ok\n");
  }));

Deno.test("spawn() says what is missing", async (t) => {
  await withRoom(async (room, root) => {
    await Deno.writeTextFile(`${root}/plain`, "#!/bin/sh\n", { mode: 0o644 });
    await Deno.writeTextFile(`${root}/lost`, "#!/does/not/exist\n", { mode: 0o755 });
    const table: readonly [string, string, string, RegExp][] = [
      [
        "program on PATH",
        "car-no-such-program",
        root,
        /"car-no-such-program" was not found on PATH/,
      ],
      ["program by path", `${root}/none`, root, /none" does not exist/],
      ["x-bit", `${root}/plain`, root, /plain" is not executable/],
      ["interpreter", `${root}/lost`, root, /names an interpreter/],
      ["folder as program", root, root, /is not executable/],
      ["cwd", "true", `${root}/gone`, /working directory .*gone does not exist/],
      ["file as cwd", "true", `${root}/plain`, /plain is not a folder/],
      ["too long", "true", root, /could not be started: .*too long/i],
    ];
    for (const [name, program, cwd, expected] of table) {
      await t.step(name, () => {
        const rest = name === "too long" ? ["x".repeat(200_000)] : [];
        assert.throws(
          () => room.spawn({ argv: [program, ...rest], cwd, purpose: "tool" }),
          (thrown) =>
            thrown instanceof CarError && thrown.code === "unavailable" &&
            expected.test(thrown.message),
        );
      });
    }
  });
});

Deno.test("spawn() gives the child the base environment, named names and the markers, nothing else", () =>
  withRoom(async (room, root) => {
    const spec = sh(root, "env", {
      env: { OWN: "1", CAR_OWNER: "forged" },
      inherit: ["NAMED"],
      runId: "run-0001",
      turnId: "turn_1",
    });
    const done = await room.run(spec, { timeoutMs: 10_000 });
    const env = new Map(
      text(done.stdout).trim().split("\n").map((line) => {
        const at = line.indexOf("=");
        return [line.slice(0, at), line.slice(at + 1)] as const;
      }),
    );
    env.delete("PWD");
    env.delete("CAR_SPAWN");
    assert.deepEqual(Object.fromEntries(env), {
      PATH: "/usr/bin:/bin",
      HOME: "/home/someone",
      LC_ALL: "C",
      XDG_CACHE_HOME: "/cache",
      NAMED: "yes",
      OWN: "1",
      CAR_OWNER: room.owner,
      CAR_ROOT: root,
      CAR_RUN_ID: "run-0001",
      CAR_TURN_ID: "turn_1",
    });
  }, {
    environment: {
      PATH: "/usr/bin:/bin",
      HOME: "/home/someone",
      LC_ALL: "C",
      XDG_CACHE_HOME: "/cache",
      NAMED: "yes",
      SOME_API_KEY: "secret",
      LD_PRELOAD: "/evil.so",
      CAR_OWNER: "outer",
    },
  }));

Deno.test("spawn() records who started and how it ended", async () => {
  const seen: string[] = [];
  await withRoom(async (room, root) => {
    const child = room.spawn(sh(root, "read _; exit 4", { turnId: "turn_1", stdin: "piped" }));
    assert.ok(isAlive(child.identity));
    await child.closeStdin();
    const other = room.spawn(sh(root, "kill -9 $$"));
    await Promise.all([textOf(child.stdout), textOf(other.stdout)]);
    await Promise.all([child.exit, other.exit]);
  }, {
    onSpawn: (it) => seen.push(`start ${it.turnId}`),
    onExit: (it, exit) => seen.push(`end ${it.turnId} ${exit.code} ${exit.signal}`),
  });
  assert.deepEqual(seen.toSorted(), [
    "end null 137 SIGKILL",
    "end turn_1 4 null",
    "start null",
    "start turn_1",
  ]);
});

Deno.test("spawn() gives every process a session of its own", async (t) => {
  const session = 'read -r line < /proc/$$/stat; set -- ${line##*)}; echo "$$ $4"';
  for (const purpose of ["agent", "check", "git", "setup", "tool"] as const) {
    await t.step(purpose, () =>
      withRoom(async (room, root) => {
        const child = room.spawn(sh(root, session, { purpose }));
        const [pid, leader] = (await textOf(child.stdout)).trim().split(" ");
        assert.equal(Number(pid), child.pid);
        assert.equal(leader, pid);
        await child.exit;
      }));
  }
});

Deno.test("a child talks by lines in both directions", () =>
  withRoom(async (room, root) => {
    const child = room.spawn(
      sh(root, 'while read -r l; do echo "got $l"; done', { stdin: "piped" }),
    );
    const lines = child.lines();
    await child.write("one\n");
    assert.equal((await lines.next()).value, "got one");
    await child.write("two\n");
    assert.equal((await lines.next()).value, "got two");
    await child.closeStdin();
    assert.ok((await lines.next()).done);
    assert.equal((await child.exit).code, 0);
  }));

Deno.test("write() fails as unavailable when the child closed its input or is gone", () =>
  withRoom(async (room, root) => {
    const child = room.spawn(sh(root, "exec <&-; echo closed; exec sleep 100", { stdin: "piped" }));
    const lines = child.lines();
    await lines.next();
    await assert.rejects(
      async () => {
        for (let writes = 0; writes < 3; writes++) await child.write("x".repeat(100_000));
      },
      (thrown) => thrown instanceof CarError && thrown.code === "unavailable",
    );
    await child.kill();
    await assert.rejects(() => child.write("x"), CarError);
    await child.closeStdin();
    await lines.return();
  }));

Deno.test("stop() takes the step that is needed", async (t) => {
  const times = { politeMs: 150, termMs: 150 };
  const table: readonly [string, string, boolean, string][] = [
    ["obeys the polite word", "echo up; read -r _", true, "polite"],
    ["obeys TERM", "echo up; exec sleep 100", true, "term"],
    ["nothing polite to say", "echo up; exec sleep 100", false, "term"],
    ["ignores TERM", "trap '' TERM; echo up; while :; do sleep 1; done", true, "kill"],
    ["stopped itself", "echo up; kill -STOP $$; sleep 100", false, "term"],
    ["stopped and deaf", "trap '' TERM; echo up; kill -STOP $$; sleep 100 & wait", false, "kill"],
  ];
  for (const [name, script, polite, expected] of table) {
    await t.step(name, () =>
      withRoom(async (room, root) => {
        const child = room.spawn(sh(root, script, { stdin: "piped" }));
        const lines = child.lines();
        await lines.next();
        const ask = polite ? () => child.closeStdin() : undefined;
        assert.equal(await child.stop(ask, times), expected);
        assert.ok((await child.exit).stopped);
        await lines.return();
      }));
  }
});

Deno.test("stop() and kill() reach a process in its first moment, before it leads its group", () =>
  withRoom(async (room, root) => {
    for (let round = 0; round < 40; round++) {
      const child = room.spawn(sh(root, "exec sleep 600"));
      // Some rounds at once, some a moment later.
      for (let turns = round % 8; turns > 0; turns--) await new Promise((go) => setTimeout(go, 0));
      if (round % 2 === 0) assert.equal(await child.stop(), "term");
      else await child.kill();
      assert.equal((await child.exit).signal, round % 2 === 0 ? "SIGTERM" : "SIGKILL");
    }
  }));

Deno.test("stop() ends children that forked, left the session and ignore TERM", () =>
  withRoom(async (room, root) => {
    const script = `trap '' TERM
      setsid sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done' &
      (sh -c 'echo $$; exec sleep 1000') &
      wait`;
    const child = room.spawn(sh(root, script));
    const lines = child.lines();
    const pids = [Number((await lines.next()).value), Number((await lines.next()).value)];
    assert.ok(pids.every((pid) => pid > 0));
    await child.stop(undefined, { termMs: 50 });
    for (const pid of pids) assert.ok(!livingPid(pid), `process ${pid}`);
    await lines.return();
  }));

Deno.test("exit does not wait for ever for a grandchild that holds the pipes", () =>
  withRoom(async (room, root) => {
    const child = room.spawn(sh(root, "setsid sleep 1000 & echo $!"));
    const lines = child.lines();
    const pid = Number((await lines.next()).value);
    assert.ok((await lines.next()).done);
    assert.equal((await child.exit).code, 0);
    // A dying process closes its pipes a moment before it is dead.
    while (livingPid(pid)) await systemClock.sleep(1);
  }));

Deno.test("stdout ends although an unmarked process holds it", () =>
  withRoom(async (room, root) => {
    const child = room.spawn(sh(root, "setsid env -i sleep 30 & echo $!"));
    const lines = child.lines();
    const pid = Number((await lines.next()).value);
    assert.ok((await lines.next()).done);
    assert.equal((await child.exit).code, 0);
    Deno.kill(pid, "SIGKILL");
  }));

Deno.test("a flood on stdout and stderr stays flat and whole", async () => {
  const { bytes, stdout, stderr, grown } = await flood("room");
  assert.deepEqual([bytes, stdout, stderr], [200_000_000, 8 * 1024, 20 * 1024]);
  assert.ok(Number(grown) < 100_000_000, `grew by ${grown} bytes`);
});

Deno.test("an unread flood makes the child wait and dies with kill()", () =>
  withRoom(async (room, root) => {
    const child = room.spawn(sh(root, "exec yes"));
    await child.kill();
    assert.equal((await child.exit).signal, "SIGKILL");
  }));

Deno.test("sweepTurn() ends what a turn left and nothing else", () =>
  withRoom(async (room, root) => {
    const script = "setsid sleep 1000 >/dev/null 2>&1 & echo $!";
    const mine = await room.run(sh(root, script, { turnId: "turn_a" }), { timeoutMs: 10_000 });
    const other = await room.run(sh(root, script, { turnId: "turn_ab" }), { timeoutMs: 10_000 });
    const [a, b] = [Number(text(mine.stdout)), Number(text(other.stdout))];
    assert.equal(await room.sweepTurn("turn_a"), 1);
    assert.deepEqual([livingPid(a), livingPid(b)], [false, true]);
    assert.equal(await room.sweepTurn("turn_ab"), 1);
    assert.equal(await room.sweepTurn("turn_ab"), 0);
  }));

Deno.test("sweepDead() ends what another owner of the root left, not other roots'", () =>
  withRoom(async (room, root) => {
    const left = (env: Record<string, string>) =>
      new Deno.Command("sleep", { args: ["1000"], env, detached: true }).spawn();
    const dead = left({ CAR_ROOT: root, CAR_OWNER: "dead" });
    const elsewhere = left({ CAR_ROOT: `${root}x`, CAR_OWNER: "dead" });
    const own = room.spawn({ argv: ["sleep", "1000"], cwd: root, purpose: "agent" });
    assert.equal(await room.sweepDead(), 1);
    assert.equal((await dead.status).signal, "SIGKILL");
    assert.ok(isAlive(own.identity));
    assert.ok(livingPid(elsewhere.pid));
    elsewhere.kill("SIGKILL");
    await elsewhere.status;
  }));

Deno.test("close() leaves nothing behind", async () => {
  let pid = 0;
  await withRoom(async (room, root) => {
    const script = "setsid env -u CAR_SPAWN sleep 1000 >/dev/null 2>&1 & echo $!";
    pid = Number(text((await room.run(sh(root, script), { timeoutMs: 10_000 })).stdout));
    room.spawn({ argv: ["yes"], cwd: root, purpose: "agent" });
  });
  assert.ok(!livingPid(pid));
});

Deno.test("describeExit() speaks to people", () => {
  const table: readonly [Pick<Exit, "code" | "signal" | "stopped">, RegExp][] = [
    [{ code: 1, signal: null, stopped: false }, /^exit code 1$/],
    [{ code: 137, signal: null, stopped: false }, /out of memory/],
    [{ code: 137, signal: "SIGKILL", stopped: false }, /out of memory/],
    [{ code: 137, signal: "SIGKILL", stopped: true }, /^stopped by CAR$/],
    [{ code: 139, signal: "SIGSEGV", stopped: false }, /^ended by signal SIGSEGV$/],
    [{ code: 127, signal: null, stopped: false }, /not found/],
    [{ code: 126, signal: null, stopped: false }, /not executable/],
  ];
  for (const [exit, expected] of table) assert.match(describeExit(exit), expected);
});

/** Whether the process lives; a zombie that nobody reaps does not. */
function livingPid(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
  } catch {
    return false;
  }
}
