import assert from "node:assert/strict";
import { decodeDestination } from "./destination.ts";

const FULL = {
  kind: "container",
  engine: "podman",
  image: "localhost/agents:1",
  mounts: [{ source: "~/.codex", target: "/codex" }, "/srv/cache:/cache:ro"],
  env: ["OPENAI_API_KEY"],
  network: "host",
  user: "1000:1000",
  options: { memory: "4g", cpus: 2, "cap-drop": ["ALL"], "read-only": true },
};

Deno.test("decodeDestination() takes nothing and the word as local", () => {
  for (const value of [undefined, null, "local", {}, { kind: "local" }]) {
    assert.deepEqual(decodeDestination(value), { destination: { kind: "local" } });
  }
});

Deno.test("decodeDestination() reads every key of a container", () => {
  assert.deepEqual(decodeDestination(FULL), {
    destination: {
      kind: "container",
      engine: "podman",
      from: { type: "image", name: "localhost/agents:1" },
      mounts: [
        { source: "~/.codex", target: "/codex", readOnly: false },
        { source: "/srv/cache", target: "/cache", readOnly: true },
      ],
      env: ["OPENAI_API_KEY"],
      workdir: null,
      network: "host",
      user: "1000:1000",
      options: { memory: ["4g"], cpus: ["2"], "cap-drop": ["ALL"], "read-only": ["true"] },
    },
  });
});

Deno.test("decodeDestination() reads the older words for docker and for the variables", () => {
  const decoded = decodeDestination({ kind: "docker", image: "a", env_passthrough: ["KEY"] });
  assert.ok("destination" in decoded && decoded.destination.kind === "container");
  assert.equal(decoded.destination.engine, "docker");
  assert.deepEqual(decoded.destination.env, ["KEY"]);
});

/** What is written, the key that is named, and words of the message. */
const WRONG: readonly (readonly [unknown, string, RegExp])[] = [
  ["docker", "destination", /must be keys with values; found "docker"/],
  [{ kind: "vm" }, "destination.kind", /Found "vm"; allowed: local, container\./],
  [{ knid: "local" }, "destination.knid", /did you mean "kind"\? Allowed: kind, engine, image/],
  [{ ...FULL, engine: "lxc" }, "destination.engine", /allowed: auto, podman, docker/],
  [{ kind: "container" }, "destination.image", /an image or a rootfs; neither is given/],
  [{ ...FULL, rootfs: "/srv/root" }, "destination.rootfs", /both given/],
  [{ kind: "docker", rootfs: "/srv/root" }, "destination.rootfs", /allowed with engine podman/],
  [{ ...FULL, image: "--privileged" }, "destination.image", /an image such as/],
  [{ ...FULL, env: ["KEY=secret"] }, "destination.env", /names of environment variables/],
  [{ ...FULL, env: { KEY: "secret" } }, "destination.env", /names of environment variables/],
  [{ ...FULL, mounts: ["/a:/b:rwx"] }, "destination.mounts", /SOURCE:TARGET:ro/],
  [{ ...FULL, mounts: ["/a:/"] }, "destination.mounts", /target is absolute/],
  [{ ...FULL, mounts: ["/a:/b/../.."] }, "destination.mounts", /target is absolute/],
  [{ ...FULL, mounts: [{ source: "/a", readonly: true }] }, "destination.mounts", /read_only/],
  [{ ...FULL, mounts: ["relative"] }, "destination.mounts", /target is absolute/],
  [{ ...FULL, network: "container:db" }, "destination.network", /host, none or the name/],
  [{ ...FULL, network: "--privileged" }, "destination.network", /host, none or the name/],
  [{ ...FULL, user: "root" }, "destination.user", /person, image or numbers/],
  [{ ...FULL, workdir: "sub" }, "destination.workdir", /an absolute path inside/],
  [{ ...FULL, options: { privileged: true } }, "destination.options", /allowed: \{memory: 4g/],
  [{ ...FULL, options: { volume: "/:/host" } }, "destination.options", /allowed: \{memory: 4g/],
  [{ ...FULL, options: { memory: "4g --privileged" } }, "destination.options", /memory: 4g/],
  [{ ...FULL, options: { runtime: "/bin/evil" } }, "destination.options", /runtime: crun/],
  [{ ...FULL, options: { runtime: ["a", "b"] } }, "destination.options", /one value each/],
];

Deno.test("decodeDestination() names the key, what was found and what is allowed", () => {
  for (const [value, key, message] of WRONG) {
    const decoded = decodeDestination(value);
    assert.ok("problems" in decoded, JSON.stringify(value));
    assert.deepEqual(decoded.problems.map((it) => it.key), [key]);
    assert.match(decoded.problems[0]?.message ?? "", message);
  }
});
