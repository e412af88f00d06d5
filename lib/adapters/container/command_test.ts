import assert from "node:assert/strict";
import { decodeDestination } from "../../control/destination.ts";
import { type Placed, placed, type Placement } from "./command.ts";

function placement(settings: Record<string, unknown>, more: Partial<Placement> = {}): Placement {
  const decoded = decodeDestination({ kind: "container", image: "agents:1", ...settings });
  assert.ok("destination" in decoded && decoded.destination.kind === "container");
  return {
    engine: { kind: "podman", program: "/usr/bin/podman" },
    rootless: false,
    destination: decoded.destination,
    folders: ["/srv/repo", "/srv/main/.git"],
    mounts: [],
    hidden: [],
    root: "/srv/repo",
    owner: { uid: 1000, gid: 100 },
    rootfs: null,
    ...more,
  };
}

const DOCKER = { engine: { kind: "docker", program: "/usr/bin/docker" } } as const;
const SPEC = { argv: ["codex", "app-server"], cwd: "/srv/repo", stdin: "piped" } as const;
const MARKS = { owner: "own", root: "/srv/repo", spawn: "s1", run: "run-7", turn: "t9" } as const;

Deno.test("placed() builds the whole command line of a program in a container", () => {
  const { argv, passed } = placed(
    placement({ env: ["OPENAI_API_KEY"] }),
    { ...SPEC, env: { CAR_TICKET: "/srv/repo/t.md" } },
    MARKS,
  );
  assert.deepEqual(argv, [
    "/usr/bin/podman",
    "run",
    ...["--rm", "--init"],
    ...["--log-driver", "none"],
    ...["--pull", "never"],
    ...["--user", "1000:100"],
    "--interactive",
    ...["--name", "car-s1"],
    ...["--label", "CAR_OWNER=own"],
    ...["--label", "CAR_ROOT=/srv/repo"],
    ...["--label", "CAR_SPAWN=s1"],
    ...["--label", "CAR_RUN_ID=run-7"],
    ...["--label", "CAR_TURN_ID=t9"],
    ...["--mount", "type=bind,source=/srv/repo,target=/srv/repo"],
    ...["--mount", "type=bind,source=/srv/main/.git,target=/srv/main/.git"],
    ...["--workdir", "/srv/repo"],
    ...["--env", "CAR_OWNER", "--env", "CAR_ROOT", "--env", "CAR_SPAWN"],
    ...["--env", "CAR_RUN_ID", "--env", "CAR_TURN_ID"],
    ...["--env", "CAR_TICKET"],
    ...["--env", "OPENAI_API_KEY"],
    ...["--entrypoint", "codex"],
    "agents:1",
    "app-server",
  ]);
  assert.deepEqual(passed, { CAR_TICKET: "/srv/repo/t.md" });
});

/** What differs, and the words in a row that must or must not stand there. */
interface Row {
  readonly given: Placement;
  readonly spec?: Parameters<typeof placed>[1];
  readonly has?: readonly string[];
  readonly hasNot?: readonly string[];
}

const ROWS: Readonly<Record<string, Row>> = {
  "an image keeps its user": { given: placement({ user: "image" }), hasNot: ["--user"] },
  "numbers name the user": { given: placement({ user: "7:8" }), has: ["--user", "7:8"] },
  "the root of an engine without root's rights is the person": {
    given: placement({}, { rootless: true }),
    has: ["--user", "0:0"],
  },
  "the person's numbers may be kept instead": {
    given: placement({ options: { userns: "keep-id" } }, { rootless: true }),
    has: ["--userns=keep-id"],
    hasNot: ["--user"],
  },
  "podman takes the runtime before its command": {
    given: placement({ options: { runtime: "runc" } }),
    has: ["/usr/bin/podman", "--runtime", "runc", "run"],
  },
  "docker takes the runtime behind it": {
    given: placement({ options: { runtime: "runsc" } }, DOCKER),
    has: ["/usr/bin/docker", "run", "--runtime", "runsc"],
  },
  "an option with values stands there for each": {
    given: placement({ options: { ulimit: ["nofile=9:9", "nproc=8:8"], memory: "4g" } }),
    has: ["--ulimit=nofile=9:9", "--ulimit=nproc=8:8", "--memory=4g"],
  },
  "a network is named": { given: placement({ network: "none" }), has: ["--network", "none"] },
  "no network is the engine's": { given: placement({}), hasNot: ["--network"] },
  "a rootfs stands in the image's place": {
    given: placement({ image: null, rootfs: "/srv/root" }, { rootfs: "/srv/root" }),
    has: ["--entrypoint", "codex", "--rootfs", "/srv/root", "app-server"],
  },
  "stdin stays shut unless it is piped": {
    given: placement({}),
    spec: { argv: ["true"], cwd: "/srv/repo" },
    hasNot: ["--interactive"],
  },
  "merged streams are merged inside": {
    given: placement({}),
    spec: { argv: ["make", "test"], cwd: "/srv/repo", stderr: "merged" },
    has: ["--entrypoint", "/bin/sh", "agents:1", "-c", 'exec "$0" "$@" 2>&1', "make", "test"],
  },
  "a workdir is for what begins in the repo": {
    given: placement({ workdir: "/work" }),
    has: ["--workdir", "/work"],
  },
  "a folder of the repo is no repo": {
    given: placement({ workdir: "/work" }),
    spec: { argv: ["ls"], cwd: "/srv/repo/sub" },
    has: ["--workdir", "/srv/repo/sub"],
  },
  "a hidden file is empty inside": {
    given: placement({}, { hidden: ["/srv/repo/token"] }),
    has: ["type=bind,source=/dev/null,target=/srv/repo/token,readonly"],
  },
  "names that would end a field are quoted": {
    given: placement({}, {
      folders: ['/srv/a "b", c:d'],
      mounts: [{ source: "/x", target: "/y", readOnly: true }],
    }),
    has: [
      "--mount",
      'type=bind,"source=/srv/a ""b"", c:d","target=/srv/a ""b"", c:d"',
      "--mount",
      "type=bind,source=/x,target=/y,readonly",
    ],
  },
};

Deno.test("placed() says what the destination says", async (t) => {
  for (const [name, { given, spec = SPEC, has = [], hasNot = [] }] of Object.entries(ROWS)) {
    await t.step(name, () => {
      const { argv } = placed(given, spec, MARKS);
      const at = argv.indexOf(has[0] ?? "");
      assert.deepEqual(argv.slice(at, at + has.length), has, argv.join(" "));
      for (const word of hasNot) assert.ok(!argv.includes(word), word);
    });
  }
});

Deno.test("placed() keeps values out of the command line, and an agent's out of the engine", () => {
  const env = {
    SECRET: "s3cret",
    GOOGLE_API_KEY: "g00gle",
    PATH: "/agent/bin",
    LD_PRELOAD: "/agent/evil.so",
    DOCKER_HOST: "tcp://evil",
    CONTAINERS_CONF: "/agent/evil.conf",
    CAR_OWNER: "",
  };
  const told: Placed = placed(placement({ env: ["DEPLOY_KEY"] }), { ...SPEC, env }, MARKS);
  assert.deepEqual(told.passed, { SECRET: "s3cret", GOOGLE_API_KEY: "g00gle" });
  assert.ok(!told.argv.join(" ").includes("s3cret"));
  for (const name of ["PATH", "LD_PRELOAD", "DOCKER_HOST", "CONTAINERS_CONF"] as const) {
    assert.ok(told.argv.includes(`${name}=${env[name]}`), name);
  }
  assert.ok(told.argv.includes("DEPLOY_KEY"));
  assert.equal(told.argv.filter((word) => word.startsWith("CAR_OWNER")).length, 2);
});
