/** Holds the short way through simple frontmatter against the YAML parser. */

import assert from "node:assert/strict";
import { readYaml } from "../../lib/control/frontmatter.ts";
import { readPlainYaml } from "../../lib/control/plain_yaml.ts";

/**
 * Whether the YAML was read the short way; fails when that says something else than the parser.
 * @param yaml What stands between the fences.
 */
export function agreesWithParser(yaml: string, where: string): boolean {
  const plain = readPlainYaml(yaml);
  if (plain === null) return false;
  const { entries, problems } = readYaml(yaml, {
    type: "found",
    start: 0,
    end: yaml.length,
    body: yaml.length,
    newline: "\n",
  });
  assert.deepEqual({ entries: plain, problems: [] }, { entries, problems }, `${where}:\n${yaml}`);
  return true;
}
