/** Composition root: hands the command line to the CLI and its answer to the shell. */

import { versionLine } from "./lib/base/version.ts";

// Answered before anything else is loaded, so that scripts and shells may ask as often as they like.
if (Deno.args.length === 1 && (Deno.args[0] === "--version" || Deno.args[0] === "-V")) {
  Deno.stdout.writeSync(new TextEncoder().encode(`${versionLine()}\n`));
} else if (Deno.args[0] === "__take-terminal") {
  // CAR itself, on the way to becoming the program of a terminal.
  const { takeTerminal } = await import("./lib/adapters/pty/take_terminal.ts");
  Deno.exitCode = takeTerminal(Deno.args.slice(1));
} else {
  const { run } = await import("./lib/cli/run.ts");
  const surfaces = {
    server: () => import("./routes/serve.ts"),
    routes: () => import("./routes/summaries.ts"),
  };
  Deno.exitCode = await run(Deno.args, undefined, undefined, surfaces);
}
