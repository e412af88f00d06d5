import assert from "node:assert/strict";
import { dirname } from "node:path";
import { locateCodex } from "./locate.ts";

const ARCH = Deno.build.arch === "aarch64" ? "arm64" : "x64";
const TRIPLE = Deno.build.os === "darwin"
  ? `${Deno.build.arch}-apple-darwin`
  : `${Deno.build.arch}-unknown-linux-musl`;
const PLATFORM = `codex-${Deno.build.os}-${ARCH}`;
const INSIDE = `vendor/${TRIPLE}/bin/codex`;

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "car-locate-" }));
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function writeProgram(path: string): Promise<string> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, "#!/bin/sh\n");
  await Deno.chmod(path, 0o755);
  return path;
}

const locate = async (options: Partial<Parameters<typeof locateCodex>[0]>) =>
  (await locateCodex({ command: null, path: "", installFolders: [], ...options }))?.argv;

Deno.test("locateCodex() takes the configured command when there is one", () =>
  withFolder(async (folder) => {
    const program = await writeProgram(`${folder}/my-codex`);
    const rows: [command: string[], argv: string[] | undefined][] = [
      [[program], [program]],
      [[program, "--profile", "x", "app-server"], [program, "--profile", "x"]],
      [["my-codex", "app-server"], [program]],
      [[`${folder}/gone`], undefined],
      [["gone"], undefined],
    ];
    for (const [command, argv] of rows) {
      assert.deepEqual(await locate({ command, path: `/nowhere:${folder}` }), argv);
    }
  }));

Deno.test("locateCodex() looks for nothing when it runs elsewhere", async () => {
  const elsewhere = { elsewhere: true };
  assert.deepEqual(await locate(elsewhere), ["codex"]);
  assert.deepEqual(await locate({ ...elsewhere, command: ["/opt/codex", "-x", "app-server"] }), [
    "/opt/codex",
    "-x",
  ]);
});

Deno.test("locateCodex() takes the program itself when it is on the PATH", () =>
  withFolder(async (folder) => {
    const program = await writeProgram(`${folder}/b/codex`);
    await Deno.mkdir(`${folder}/a/codex`, { recursive: true });
    assert.deepEqual(await locate({ path: `${folder}/a:relative:${folder}/b` }), [program]);
  }));

Deno.test("locateCodex() finds the native program behind npm's script for each layout", () =>
  withFolder(async (folder) => {
    const layouts = {
      npm: [`codex/node_modules/@openai/${PLATFORM}`, "codex"],
      flat: [PLATFORM, "codex"],
      own: ["codex", "codex"],
    };
    for (const [name, [platform, root]] of Object.entries(layouts)) {
      const base = `${folder}/${name}/lib/node_modules/@openai`;
      const native = await writeProgram(`${base}/${platform}/${INSIDE}`);
      const script = await writeProgram(`${base}/${root}/bin/codex.js`);
      await Deno.mkdir(`${folder}/${name}/bin`);
      await Deno.symlink(script, `${folder}/${name}/bin/codex`);
      assert.deepEqual(await locate({ path: `${folder}/${name}/bin` }), [native], name);
    }
  }));

Deno.test("locateCodex() takes npm's script when the native program is not there", () =>
  withFolder(async (folder) => {
    const script = await writeProgram(`${folder}/lib/codex/bin/codex.js`);
    await Deno.mkdir(`${folder}/bin`);
    await Deno.symlink(script, `${folder}/bin/codex`);
    assert.deepEqual(await locate({ path: `${folder}/bin` }), [`${folder}/bin/codex`]);
  }));

Deno.test("locateCodex() looks into the install folders last", () =>
  withFolder(async (folder) => {
    const inside = `codex-1.2.3/node_modules/@openai/codex/${INSIDE}`;
    const program = await writeProgram(`${folder}/agents/${inside}`);
    const installFolders = [`${folder}/none`, `${folder}/agents`];
    assert.deepEqual(await locate({ path: "/nowhere", installFolders }), [program]);
    const first = await writeProgram(`${folder}/bin/codex`);
    assert.deepEqual(await locate({ path: `${folder}/bin`, installFolders }), [first]);
    assert.equal(await locate({ path: "/nowhere" }), undefined);
  }));
