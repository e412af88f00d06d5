/** The four tickets of the demonstration: plain, lying, asking, and one that builds on the others. */

export interface DemoTicket {
  readonly name: string;
  readonly text: string;
}

/** What the demo answers to the ticket that asks. */
export const DEMO_ANSWER = "blue";

const ticket = (
  name: string,
  frontmatter: readonly string[],
  body: readonly string[],
): DemoTicket => ({
  name,
  text: ["---", "agent: shell", "done: false", ...frontmatter, "---", ...body, ""].join("\n"),
});

const sh = (...lines: readonly string[]) => ["```sh", ...lines, "```"];

export const DEMO_TICKETS: readonly DemoTicket[] = [
  ticket("TICKET-001-say-hello.md", ["title: Say hello", "verify: grep -q Hello hello.txt"], [
    "Write a greeting into `hello.txt`.",
    "",
    ...sh('echo "Hello from CAR" > hello.txt'),
  ]),
  ticket("TICKET-002-add-two-numbers.md", [
    "title: Add two numbers",
    "verify:",
    '  - test "$(sh sum.sh 2 3)" = 5',
  ], [
    "Write `sum.sh`, which prints the sum of its two arguments.",
    "",
    "The first try gets it wrong and claims to be done all the same. The check finds out; the second",
    "try is told what failed.",
    "",
    ...sh(
      "if [ -f sum.sh ]; then",
      "  echo 'echo $(($1 + $2))' > sum.sh",
      "else",
      "  echo 'echo $(($1 - $2))' > sum.sh",
      "fi",
    ),
  ]),
  ticket("TICKET-003-choose-a-colour.md", [
    "title: Choose a colour",
    "verify: grep -qE '^(red|blue)$' colour.txt",
  ], [
    "Ask a person which colour the page shall have, and write it into `colour.txt`.",
    "",
    ...sh(
      'answer=$(cat "$CAR_REPLIES"/*/USER_REPLY.md 2>/dev/null | tail -n 1)',
      'if [ -n "$answer" ]; then',
      '  echo "$answer" > colour.txt',
      "else",
      "  printf -- '---\\nmode: pause\\ntitle: Red or blue?\\n---\\nWhich colour shall the page have?\\n' > \"$CAR_DISPATCH\"",
      "fi",
    ),
  ]),
  ticket("TICKET-004-write-the-page.md", [
    "title: Write the page",
    "depends_on: [1, 2, 3]",
    "verify:",
    "  - grep -q Hello page.html",
    "  - grep -q 'color:blue' page.html",
  ], [
    "Put the greeting, the sum and the colour into `page.html`.",
    "",
    ...sh(
      "sleep 1",
      'printf \'<p style="color:%s">%s, 2 + 3 = %s</p>\\n\' "$(cat colour.txt)" "$(cat hello.txt)" "$(sh sum.sh 2 3)" > page.html',
    ),
  ]),
];
