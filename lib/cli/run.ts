/** The command line: from the arguments to the exit code. */

import { versionLine } from "../base/version.ts";

/** Runs one command and answers with the exit code of the process. */
export function run(argv: readonly string[]): Promise<number> {
  const known = argv.length === 1 && argv[0] === "--help";
  console.log(known ? `${versionLine()}\n\nUsage: car [flags] <command>` : "Run car --help.");
  return Promise.resolve(known ? 0 : 2);
}
