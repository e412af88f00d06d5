/** Secrets that an agent or a check prints are kept nowhere. */

import assert from "node:assert/strict";
import { rotateToken } from "../../lib/hub/access/token.ts";
import { runCar } from "../support/car.ts";
import { makeCarRepo, shellBody, ticketText } from "../support/car_repo.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const CANARY = "canary-5f2c9b7a41d84e6f90b3c2a1d0e9f8b7";

/** Every file below a folder that holds one of the texts. */
async function filesWith(folder: string, texts: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await filesWith(path, texts));
    if (!isFile || name === "token") continue;
    const text = new TextDecoder("latin1").decode(await Deno.readFile(path));
    if (texts.some((it) => text.includes(it))) found.push(path);
  }
  return found;
}

forSourceAndBinary(
  "what an agent prints of its secrets is in no journal and no log",
  async (form) => {
    const body = shellBody(
      'echo "whole: $(cat key)"',
      'printf "%s" "$(cat key)" | head -c 20; printf "%s" "$(cat key)" | tail -c +21',
      'printf "%s" "$(cat key)" | base64 -w 0',
      "cat .codex-autorunner/token",
      'echo "on stderr: $(cat key)" >&2',
    );
    const verify = ["cat .codex-autorunner/token; echo $(cat key)"];
    await using repo = await makeCarRepo({
      tickets: [ticketText({ agent: "shell", title: "Tell", verify }, body)],
      files: { key: CANARY },
    });
    const state = `${repo.cwd}/.codex-autorunner`;
    const token = await rotateToken(`${state}/token`);
    const env = { DEPLOY_TOKEN: CANARY };
    const { code, stdout, stderr } = await runCar(["run"], repo, { form, env });
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    const log = await runCar(["log", "--json"], repo, { form });
    assert.match(log.stdout, /whole: \[redacted DEPLOY_TOKEN\]/);
    const forms = [CANARY, btoa(CANARY).replace(/=+$/, "").slice(0, -2), token];
    assert.deepEqual(await filesWith(state, forms), []);
  },
);
