import assert from "node:assert/strict";
import { blocksOf } from "./blocks.ts";

const words = (text: string): string => {
  const found = blocksOf(text);
  if (found.type === "open") return `open at ${found.line}`;
  return found.blocks.map((it) => `${it.shell}@${it.line}:${it.script}`).join("|");
};

Deno.test("blocksOf() finds", async (t) => {
  const table: readonly [string, string, string][] = [
    ["nothing", "text\n", ""],
    ["one block", "a\n```sh\necho\n```\n", "sh@2:echo"],
    ["all names", "```sh\n1\n```\n```bash\n2\n```\n```shell\n3\n```", "sh@1:1|bash@4:2|sh@7:3"],
    ["capitals and a title", "```SH title=x\n1\n```", "sh@1:1"],
    ["CRLF", "```sh\r\n1\r\n2\r\n```\r\n", "sh@1:1\n2"],
    ["an empty block", "```sh\n```", "sh@1:"],
    ["tildes", "~~~sh\n```\n~~~", "sh@1:```"],
    ["a longer fence", "````sh\n```\n````", "sh@1:```"],
    ["a closing longer than the opening", "```sh\n1\n`````", "sh@1:1"],
    ["other languages not", "```python\n1\n```\n```\n2\n```\n```shx\n3\n```", ""],
    ["a block quoted in another not", "````markdown\n```sh\nrm\n```\n````", ""],
    ["an indented fence", "  ```sh\n  1\n  ```", "sh@1:  1"],
    ["code by indentation not", "    ```sh\n    1\n", ""],
    ["inline code not", "```sh echo```\n", ""],
    ["an open block", "a\n\n```sh\necho\n", "open at 3"],
    ["an open block of another language not", "```text\n```sh\n1\n", ""],
    ["names of objects not", "```constructor\n1\n```", ""],
  ];
  for (const [name, text, expected] of table) {
    await t.step(name, () => assert.equal(words(text), expected));
  }
});
