/** What a person is asked on a terminal. */

import assert from "node:assert/strict";
import { makeCarRepo, ticketText } from "../support/car_repo.ts";
import { plainScreen, runCarOnTerminal } from "../support/pty.ts";
import { forSourceAndBinary } from "../support/source_and_binary.ts";

const TICKETS = ".codex-autorunner/tickets";

forSourceAndBinary(
  "car ticket new asks for what was not given, and again for what is wrong",
  async (form) => {
    await using repo = await makeCarRepo();
    const stdin = ["", "Typed title", "nobody", "shell", "Done é", "npm test", "npm run lint", ""];
    const { code, screen } = await runCarOnTerminal(["ticket", "new"], repo, {
      form,
      stdin: stdin.map((line) => `${line}\n`).join(""),
    });
    const seen = plainScreen(screen);
    assert.equal(code, 0, seen);
    assert.match(seen, /A ticket needs a title[^]*Allowed are codex, opencode, shell, user/);
    const text = await repo.read(`${TICKETS}/TICKET-001-typed-title.md`);
    assert.match(
      text,
      /agent: shell\n[^]*title: Typed title\ngoal: "Done é"\nverify: \[npm test, npm run lint\]\n---\n$/,
    );
  },
);

forSourceAndBinary("car ticket rm asks, and takes nothing but a yes for one", async (form) => {
  await using repo = await makeCarRepo({ tickets: [ticketText({ agent: "shell" }, "")] });
  const no = await runCarOnTerminal(["ticket", "rm", "1"], repo, { form, stdin: "\n" });
  assert.equal(no.code, 0);
  assert.match(plainScreen(no.screen), /out of the queue\? \[y\/N\][^]*Nothing was changed/);
  await repo.read(`${TICKETS}/TICKET-001.md`);
  const yes = await runCarOnTerminal(["ticket", "rm", "1"], repo, { form, stdin: "y\n" });
  assert.equal(yes.code, 0);
  await repo.read(".codex-autorunner/archive/tickets/TICKET-001.md");
});
