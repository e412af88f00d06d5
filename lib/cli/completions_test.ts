import assert from "node:assert/strict";
import { COMMANDS } from "./commands.ts";
import { completionScript, SHELLS } from "./completions.ts";

/** Answers of the bash script for a line that ends at the cursor. */
async function complete(line: string): Promise<readonly string[]> {
  const words = line.split(" ");
  const script = completionScript("bash", COMMANDS) +
    `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})\n` +
    `COMP_CWORD=${words.length - 1}\n_car\nprintf '%s\\n' "\${COMPREPLY[@]}"\n`;
  const { stdout, stderr } = await new Deno.Command("bash", { args: ["--norc", "-c", script] })
    .output();
  assert.equal(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).split("\n").filter((word) => word !== "");
}

Deno.test("completionScript() completes commands, words and options in bash", async () => {
  const top = await complete("car ");
  assert.ok(top.includes("context") && top.includes("completions"), top.join(" "));
  assert.deepEqual(await complete("car context s"), ["show"]);
  assert.deepEqual(await complete("car context edit d"), ["decisions"]);
  assert.deepEqual(await complete("car context edit decisions --j"), ["--json"]);
  assert.deepEqual(await complete("car --json completions z"), ["zsh"]);
});

Deno.test("completionScript() is a script its shell can read", async () => {
  for (const shell of SHELLS) {
    const script = completionScript(shell, COMMANDS);
    for (const { path } of COMMANDS) {
      for (const word of path.split(" ")) assert.ok(script.includes(word), `${shell}: ${path}`);
    }
    try {
      const child = new Deno.Command(shell, { args: ["-n", "-c", script], stderr: "piped" });
      const { success, stderr } = await child.output();
      assert.ok(success, new TextDecoder().decode(stderr));
    } catch (thrown) {
      // A shell that is not installed cannot judge.
      if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    }
  }
});
