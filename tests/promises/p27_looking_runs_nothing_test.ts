/** P27: looking at a repo runs nothing of it: hooks, filters, drivers and aliases stay asleep. */

import assert from "node:assert/strict";
import { exists } from "../../lib/control/files.ts";
import { runCar } from "../support/car.ts";
import { hubEnvironment, makeHubFolder } from "../support/hub_folder.ts";
import { openServed } from "../support/served.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

/** `$P` is a program that leaves a trace. */
const PLANT = `
git config core.fsmonitor "$P"
git config core.pager "$P"
git config diff.external "$P"
git config diff.x.command "$P"
git config diff.x.textconv "$P"
git config filter.x.clean "$P"
git config filter.x.smudge "$P"
git config filter.x.process "$P"
git config core.sshCommand "$P"
git config credential.helper "!$P"
git config alias.status "!$P"
git config remote.origin.url "ext::$P"
git config protocol.ext.allow always
for h in post-index-change pre-commit post-checkout reference-transaction; do
  printf '#!/bin/sh\\n"%s"\\n' "$P" > .git/hooks/$h; chmod +x .git/hooks/$h
done
echo '* filter=x diff=x' > .gitattributes
echo 'another text' > README.md
`;

const COMMANDS: readonly (readonly string[])[] = [
  ["status"],
  ["doctor"],
  ["ticket", "list"],
  ["ticket", "lint"],
  ["explain"],
  ["snapshot"],
  ["prompt", "show"],
  ["inbox"],
];
const HUB_COMMANDS: readonly (readonly string[])[] = [
  ["hub", "scan"],
  ["hub", "repos"],
  ["hub", "worktree", "list"],
  ["doctor"],
];

async function plant(repo: string, program: string, home: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("/bin/sh", {
    args: ["-euc", PLANT],
    cwd: repo,
    clearEnv: true,
    env: { ...hubEnvironment(home), P: program },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

forSourceAndBinary(
  "P27: commands and pages that look at a repo run none of the 16 programs planted in it",
  async (form) => {
    await using hub = await makeHubFolder({ repos: ["alpha"] });
    await hub.ticket("alpha", 1, "true");
    const [program, trace] = [`${hub.home}/program`, `${hub.home}/trace`];
    const text = `#!/bin/sh\necho ran >> "${trace}"\ncat 2>/dev/null\n`;
    await Deno.writeTextFile(program, text, { mode: 0o755 });
    await plant(hub.repo("alpha"), program, hub.home);
    const home = hub.home;
    for (const args of COMMANDS) {
      await runCar(args, { cwd: hub.repo("alpha"), home }, { form });
      assert.ok(!await exists(trace), `car ${args.join(" ")} ran it`);
    }
    for (const args of HUB_COMMANDS) {
      await runCar(args, { cwd: hub.root, home }, { form });
      assert.ok(!await exists(trace), `car ${args.join(" ")} ran it`);
    }
    await using site = await openServed({ root: hub.root, home, mode: "hub" });
    for (const path of ["/hub/repos", "/repos/alpha/api/state", "/repos/alpha/api/doctor"]) {
      await (await site.call(path)).text();
      assert.ok(!await exists(trace), `${path} ran it`);
    }
    const person = new Deno.Command("git", {
      args: ["status"],
      cwd: hub.repo("alpha"),
      stdout: "null",
      stderr: "null",
    });
    await person.output();
    assert.ok(await exists(trace), "the programs are good ones: they run for a person");
  },
);
