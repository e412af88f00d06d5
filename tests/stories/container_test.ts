/** A repo whose destination is a container, worked by `car run` with a real podman. */

import assert from "node:assert/strict";
import { requireAgent } from "../support/agents.ts";
import type { Form } from "../support/car.ts";
import { CONTAINERS, type Containers, withContainers } from "../support/containers.ts";
import { soon } from "../support/soon.ts";
import { untilGone } from "../support/processes.ts";
import {
  commands,
  markDone,
  openQueueBench,
  type QueueBench,
  scripted,
} from "../support/queue_bench.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

interface Place extends Containers {
  readonly bench: QueueBench;
}

/** @param more Further lines of the destination's section. */
async function withBench(
  form: Form,
  more: (bench: QueueBench) => readonly string[],
  body: (place: Place) => Promise<void>,
): Promise<void> {
  await withContainers(async (containers) => {
    await using bench = await openQueueBench(form, containers.environment);
    const lines = [
      "destination:",
      "  kind: container",
      "  engine: podman",
      `  rootfs: ${containers.settings["rootfs"]}`,
      "  network: host",
      ...more(bench),
    ];
    const config = `${bench.repo}/.codex-autorunner/config.yml`;
    await Deno.writeTextFile(config, `${lines.join("\n")}\n`, { append: true });
    await body({ ...containers, bench });
  });
}

const exists = (path: string): Promise<boolean> => Deno.stat(path).then(() => true, () => false);

/** The machine has one, the container's file system has none. */
const INSIDE = "test ! -e /etc/os-release";

forSourceAndBinary(
  "the commands and the checks of a ticket run in the container",
  (form) =>
    withBench(form, () => [], async ({ bench }) => {
      const hook = ".git/hooks/pre-commit";
      const body = commands(
        INSIDE,
        'echo "$CAR_TICKET" > made.txt',
        `echo '#!/bin/sh' > ${hook}; echo 'touch escaped' >> ${hook}; chmod +x ${hook}`,
      );
      await bench.ticket(
        1,
        { agent: "shell", verify: JSON.stringify(`${INSIDE} && ls made.txt`) },
        body,
      );
      const run = await bench.car("run");
      assert.equal(run.code, 0, run.stdout + run.stderr);
      assert.match(run.stdout, /TICKET-001: accepted/);
      const made = await Deno.readTextFile(`${bench.repo}/made.txt`);
      assert.equal(made.trim(), `${bench.repo}/.codex-autorunner/tickets/TICKET-001.md`);
      assert.equal((await bench.car("agents", "test", "shell")).code, 0);
      const { rows } = JSON.parse((await bench.car("doctor", "--json")).stdout);
      const row = rows.find(({ id }: { readonly id: string }) => id === "destination");
      assert.match(row.found, /\/podman, with root's rights, made a container from the folder/);
      // Git stays outside: there is none in the container, and no hook of an agent's runs there.
      assert.match(await bench.sh("git log -1 --format=%B"), /TICKET-001/);
      assert.ok(!await exists(`${bench.repo}/escaped`));
    }),
  [CONTAINERS],
);

forSourceAndBinary(
  "a container ends with the car that is killed, and the next one goes on",
  (form) =>
    withBench(form, () => [], async ({ bench, names }) => {
      const body = commands("if test -f begun; then exit 0; fi", "touch begun", "sleep 600");
      await bench.ticket(1, { agent: "shell", verify: "ls begun" }, body);
      await using running = bench.start("run", "--json");
      await running.line(/"event":"tool_started"/);
      await soon("the container", async () => await exists(`${bench.repo}/begun`));
      running.signal("SIGKILL");
      await running.ended;
      await untilGone(async () => {
        return [...await names(), ...await bench.leftovers()];
      });
      const next = await bench.car("run");
      assert.equal(next.code, 0, next.stdout + next.stderr);
      assert.match(next.stdout, /TICKET-001: accepted/);
    }),
  [CONTAINERS],
);

/** The program itself, and its home with the address of the scripted model. */
const codexLines = (bench: QueueBench): readonly string[] => [
  "  mounts:",
  `    - {source: ${requireAgent("codex")}, target: /opt/codex, read_only: true}`,
  `    - ${bench.home}`,
  "agents:",
  "  codex:",
  "    kind: codex",
  "    command: [/opt/codex]",
  `    env: {CODEX_HOME: ${bench.home}}`,
];

forSourceAndBinary(
  "Codex works a ticket from inside the container",
  (form) =>
    withBench(form, codexLines, async ({ bench }) => {
      const exec = `${INSIDE} && echo 1 > one.txt; ${markDone(1)}`;
      const steps = [{ items: [{ exec }] }, { items: [{ say: "Done." }] }];
      await bench.ticket(1, { verify: "ls one.txt" }, scripted({ turns: [{ steps }] }));
      const run = await bench.car("run");
      assert.equal(run.code, 0, run.stdout + run.stderr);
      assert.match(run.stdout, /TICKET-001: accepted/);
    }),
  [CONTAINERS, "codex"],
);

forSourceAndBinary(
  "car --safe runs a container only once a person has approved it",
  (form) =>
    withBench(form, () => ["approvals: {allow: ['command:*']}"], async ({ bench }) => {
      await bench.ticket(1, { agent: "shell", verify: "ls made.txt" }, commands("touch made.txt"));
      const first = await bench.car("--safe", "run");
      assert.equal(first.code, 3, first.stdout + first.stderr);
      assert.match(first.stdout, /Paused \(approval\)/);
      const list = await bench.car("--safe", "approve", "--list");
      assert.match(list.stdout, /new\tdestination\tthe config\t\{"kind":"container"/);
      assert.equal((await bench.car("--safe", "approve", "--yes")).code, 0);
      const { code, stdout, stderr } = await bench.car("--safe", "run");
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /TICKET-001: accepted \(1 check passed\)/);
      assert.deepEqual(await bench.leftovers(), []);
    }),
  [CONTAINERS],
);

forSourceAndBinary(
  "a destination that cannot be used is told before any turn",
  (form) =>
    withBench(form, () => ["  options: {runtime: no-such-runtime}"], async ({ bench }) => {
      await bench.ticket(1, { agent: "shell" }, commands("true"));
      const run = await bench.car("run");
      assert.equal(run.code, 1, run.stdout);
      assert.match(run.stderr, /podman cannot run a container for this repo: .*no-such-runtime/s);
    }),
  [CONTAINERS],
);
