/** Text that would like to be code, or to be read as what it is not: shown on every page, run on none. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { repoPaths } from "../../lib/control/roots.ts";
import { inBrowser } from "../support/browser.ts";
import { ticketText } from "../support/car_repo.ts";
import { serveCar } from "../support/car_server.ts";
import { makeHubFolder } from "../support/hub_folder.ts";
import { soon } from "../support/soon.ts";

/** Turns what follows around; and a blank without width. */
const [TURN, NOTHING] = ["\u202e", "\u200b"];
const TAGS = "<img src=x onerror=hit()>";
/** A file's name has no slash, a branch's no blank. */
const FILE = `${TAGS}${TURN}gpj${NOTHING}.sh`;
const BRANCH = FILE.replaceAll(" ", "/");

const evil = (canary: string): string =>
  `<script>hit()</script><img src="${canary}/i" onerror="hit()"><svg onload="hit()">` +
  `<iframe srcdoc="<script>parent.hit()</script>"></iframe>${TURN}evil${NOTHING}`;

const markdown = (canary: string): string =>
  [
    evil(canary),
    `![picture](${canary}/markdown.png) [press](javascript:hit()) <${canary}/auto>`,
    `<style>@import "${canary}/style.css"; body { display: none }</style>`,
    `| a |\n|---|\n| ${TAGS} |`,
    "```html\n" + evil(canary) + "\n```",
  ].join("\n\n");

/** What a turn leaves: a file, output with terminal sequences, and a question that stops the run. */
const script = (canary: string): string =>
  [
    `cat > '${FILE}' <<'END'\n${evil(canary)}\n</script>\nEND`,
    `printf '\\033]0;title\\007\\033[31mred\\033[0m %s\\n' '${evil(canary)}'`,
    `[ -e asked ] || { touch asked; cat > .codex-autorunner/runs/run-0001/DISPATCH.md <<'END'
---
mode: pause
title: '${evil(canary)}'
---
${markdown(canary)}
END
}`,
  ].join("\n");

const PAGES = [
  "/",
  "/inbox",
  "/repos/alpha",
  "/repos/alpha/tickets/1",
  "/repos/alpha/runs",
  "/repos/alpha/runs/run-0001",
  "/repos/alpha/context",
  "/repos/alpha/archive",
  "/repos/alpha/terminal",
  "/chat",
  "/usage",
  "/settings",
];

/** Opens whatever is folded, so that all there is to see is drawn. */
async function openAll(page: Page): Promise<void> {
  await untilLoaded(page);
  for (const fold of await page.locator("main summary").all()) await fold.click();
  for (const name of ["What the turn changed", "Step through"]) {
    for (const button of await page.getByRole("button", { name }).all()) await button.click();
  }
  await untilLoaded(page);
}

async function untilLoaded(page: Page): Promise<void> {
  for (const still of [page.locator("main .skeleton"), page.getByText(/^Looking/)]) {
    await still.first().waitFor({ state: "detached" });
  }
}

/** Blanks that the editor puts beside what it marks: without a source, and not of the text. */
const OF_THE_EDITOR = ".cm-widgetBuffer";
const MADE = ["script", "iframe", "object", `img:not(${OF_THE_EDITOR})`, "style", "[onerror]"];

/** A server that nobody may ask. */
function startCanary(): AsyncDisposable & { readonly url: string; hits: string[] } {
  const hits: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    hits.push(url);
    return new Response(null, { status: 204 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    hits,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

inBrowser("Hostile text", {
  "is shown everywhere and run nowhere": async ({ visitor, keep }) => {
    const canary = await keep(startCanary());
    const hub = await keep(makeHubFolder({ repos: ["alpha"] }));
    const body = `${markdown(canary.url)}\n\n\`\`\`\`sh\n${script(canary.url)}\n\`\`\`\`\n`;
    await Deno.writeTextFile(
      `${repoPaths(hub.repo("alpha")).tickets}/TICKET-001.md`,
      ticketText({ agent: "shell", title: evil(canary.url) }, body),
    );
    const car = await keep(serveCar({ cwd: hub.root, home: hub.home }));
    const branch = { repo: "alpha", branch: BRANCH };
    await car.api("/hub/worktrees/create", { method: "POST", body: branch });
    await car.api("/repos/alpha/api/run/start", { method: "POST", body: {} });
    await soon("the run asks", async () => {
      const { items } = await car.api("/hub/inbox") as { items: { kind: string }[] };
      return items[0]?.kind === "handoff";
    });

    const someone = await visitor();
    const hits: string[] = [];
    await someone.context.exposeFunction("hit", () => void hits.push("a script ran"));
    const shown: string[] = [];
    const named: string[] = [];
    for (const path of PAGES) {
      const page = await someone.open(car.page(path));
      await page.getByText("Live", { exact: true }).waitFor();
      await openAll(page);
      const made = page.locator("main").locator(MADE.join(", "));
      assert.deepEqual(await made.evaluateAll((all) => all.map((it) => it.outerHTML)), [], path);
      const text = await page.locator("main").innerText();
      const hidden = text.split("\n").filter((line) => /[\u202e\u200b]/.test(line));
      assert.deepEqual(hidden, [], `${path} shows hidden characters as they are`);
      if (text.includes("<img")) shown.push(path);
      if (text.includes("\\u{202e}gpj\\u{200b}.sh")) named.push(path);
      await page.close();
    }
    assert.deepEqual(
      ["/", "/inbox", "/repos/alpha", "/repos/alpha/tickets/1", "/repos/alpha/runs/run-0001"]
        .filter((it) => !shown.includes(it)),
      [],
      "what was written is there to read",
    );
    // The branch and the file by their names, with what hides in them made visible.
    for (const path of ["/", "/repos/alpha/runs/run-0001"]) assert.ok(named.includes(path), path);
    assert.deepEqual([...canary.hits, ...hits], []);
  },
});
