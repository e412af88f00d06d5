/** ./denow on a machine without Deno: from a registry on loopback, by curl and by wget, in an empty HOME. */

import assert from "node:assert/strict";

const DENOW = new URL("../denow", import.meta.url).pathname;
const PINNED = /^VERSION=(\S+)$/m.exec(await Deno.readTextFile(DENOW))?.[1] ?? "";
/** What denow may find on the machine: no npm, no node, no Deno. */
const TOOLS = "sh cat chmod cut dirname env gzip ls mkdir mktemp mv rm sed sha256sum tail tar uname"
  .split(" ");
/** denow pins the bytes for this platform; on another it would take what the test serves. */
const isPinned = Deno.build.os === "linux" && Deno.build.arch === "x86_64";

interface Machine extends AsyncDisposable {
  /** Paths the registry was asked for. */
  readonly asked: string[];
  denow(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  /** What lies in `.deno` of the clone. */
  kept(): string[];
}

async function whereIs(program: string): Promise<string> {
  for (const folder of ["/usr/bin", "/bin"]) {
    try {
      return await Deno.realPath(`${folder}/${program}`);
    } catch { /* Perhaps in the next one. */ }
  }
  throw new Error(`${program} is needed for this test and is not installed`);
}

/** npm's tarball of Deno, with `program` in the place of the executable. */
async function packed(base: string, program: string): Promise<string> {
  await Deno.mkdir(`${base}/package`);
  await Deno.copyFile(program, `${base}/package/deno`);
  const { success } = await new Deno.Command("tar", {
    args: ["--use-compress-program=gzip -1", "-cf", "deno.tgz", "package"],
    cwd: base,
  }).output();
  assert.ok(success);
  await Deno.remove(`${base}/package`, { recursive: true });
  return `${base}/deno.tgz`;
}

/** A clone with only denow in it, a registry that serves `program`, and a PATH with `fetcher`. */
async function machine(fetcher: "curl" | "wget", program: string): Promise<Machine> {
  const base = await Deno.makeTempDir({ prefix: "car-denow-" });
  const clone = `${base}/a clone`;
  for (const folder of ["bin", "home", "a clone"]) await Deno.mkdir(`${base}/${folder}`);
  for (const tool of [...TOOLS, fetcher]) {
    await Deno.symlink(await whereIs(tool), `${base}/bin/${tool}`);
  }
  await Deno.copyFile(DENOW, `${clone}/denow`);
  const tarball = await packed(base, program);
  const asked: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      asked.push(new URL(request.url).pathname);
      return new Response((await Deno.open(tarball)).readable);
    },
  );
  const { port } = server.addr;
  await Deno.writeTextFile(`${base}/home/.npmrc`, `registry = "http://127.0.0.1:${port}/npm/"\n`);
  return {
    asked,
    kept: () => [...Deno.readDirSync(`${clone}/.deno`)].map(({ name }) => name).sort(),
    async denow(...args) {
      const { code, stdout, stderr } = await new Deno.Command("./denow", {
        args,
        cwd: clone,
        clearEnv: true,
        env: { PATH: `${base}/bin`, HOME: `${base}/home` },
        stdin: "null",
      }).output();
      const text = new TextDecoder();
      return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(base, { recursive: true });
    },
  };
}

for (const fetcher of ["curl", "wget"] as const) {
  Deno.test({
    name: `denow fetches the pinned Deno by ${fetcher} from the user's registry, once, in silence`,
    ignore: !isPinned,
    async fn() {
      await using bare = await machine(fetcher, Deno.execPath());
      const first = await bare.denow("-V");
      assert.deepEqual(first, { code: 0, stdout: `deno ${PINNED}\n`, stderr: "" });
      const second = await bare.denow("eval", "console.log(Deno.env.get('DENO_TLS_CA_STORE'))");
      assert.deepEqual(second, { code: 0, stdout: "mozilla,system\n", stderr: "" });
      assert.deepEqual(bare.asked, [
        `/npm/@deno/linux-x64-glibc/-/linux-x64-glibc-${PINNED}.tgz`,
      ]);
      assert.deepEqual(bare.kept(), [PINNED]);
    },
  });
}

Deno.test({
  name: "denow refuses a Deno that is not the pinned one, in one sentence, and keeps nothing of it",
  ignore: !isPinned,
  async fn() {
    await using bare = await machine("curl", DENOW);
    const { code, stdout, stderr } = await bare.denow("-V");
    assert.deepEqual({ code, stdout }, { code: 1, stdout: "" });
    assert.match(stderr, /^denow: The Deno that was fetched is not the pinned one \(sha256 .*\n$/);
    assert.deepEqual(bare.kept(), []);
  },
});
