/**
 * The house's own lint rules, for `lint.plugins` in deno.json. Each message tells what to do instead.
 * Deno 2.7.11 hands a plugin no statement after a stray `;`; `deno fmt` takes those away before.
 */

type Visitor = Deno.lint.LintVisitor;
type Report = (node: Deno.lint.Node, message: string, hint: string) => void;

interface HouseRule {
  /** Whether the rule reads this file; the path is from the root of the repository. */
  readonly applies: (path: string) => boolean;
  readonly create: (report: Report, textOf: (node: Deno.lint.Node) => string) => Visitor;
}

const ROOT = new URL("..", import.meta.url).pathname;

/** Wall of a function's length, in lines: what can be seen whole without losing the beginning. */
export const FUNCTION_LINES_MAX = 70;

/**
 * Files with a licence to spawn: the process room, the one question asked of `ps` below it, the
 * person's editor, which needs the terminal for itself, and their browser, which outlives CAR.
 */
const SPAWNERS = [
  "lib/adapters/process/",
  "lib/control/process_identity.ts",
  "lib/cli/editor.ts",
  "lib/cli/browser.ts",
];
/** The atomic writer, the only file of lib/ that writes by itself. */
const WRITER = "lib/control/files.ts";
const CLOCK = "lib/base/clock.ts";

/** Product names of agents and transports. The engine must not be able to tell them apart. */
const PROVIDER = /codex|opencode|claude|anthropic|openai|gemini|telegram|discord/i;
/** The product's own name, and that of its folder, contain one of them. */
const OWN_NAME = /codex[-_]?autorunner/gi;

const DENO_WRITES = /^Deno\.(writeTextFile|writeFile)(Sync)?$/;
const NODE_WRITES = /^(writeFile|appendFile|createWriteStream|truncate|ftruncate|writev?)(Sync)?$/;
const NODE_FS = /^node:fs(\/promises)?$/;
const WALL_CLOCK = /^(Date\.now|performance\.now)$/;

const isTest = (path: string): boolean => /_test\.tsx?$/.test(path);
const inLib = (path: string): boolean => path.startsWith("lib/") && !isTest(path);
const inEngine = (path: string): boolean => path.startsWith("lib/engine/") && !isTest(path);
const startsWithOneOf = (path: string, starts: readonly string[]): boolean =>
  starts.some((start) => path.startsWith(start));

/** What the engine may not touch, and what it takes instead. */
const IMPURE: Readonly<Record<string, string>> = {
  "Deno": "Take what it would give as an argument, or ask for it with an effect.",
  "process": "Take what it would give as an argument, or ask for it with an effect.",
  "performance": "Take the time as an argument: now or elapsed, in milliseconds.",
  "crypto": "Take the number or the id as an argument.",
  "setTimeout": "Return when the next event is due; the hub waits.",
  "setInterval": "Return when the next event is due; the hub waits.",
  "fetch": "Ask for it with an effect; the hub applies it through a port.",
};
const IMPURE_MEMBERS: Readonly<Record<string, string>> = {
  "Date.now": "Take the time as an argument: now, in milliseconds.",
  "Math.random": "Take the number as an argument, or a seeded generator.",
};

/** Whether an identifier stands for the thing itself and not for a key or a member's name. */
function isReference(node: Deno.lint.Identifier): boolean {
  const parent = node.parent;
  if (parent.type === "MemberExpression") return parent.object === node || parent.computed;
  if (parent.type === "Property") return parent.value === node;
  return !["TSPropertySignature", "TSMethodSignature", "PropertyDefinition", "MethodDefinition"]
    .includes(parent.type);
}

const importsFrom = (node: Deno.lint.ImportDeclaration, wanted: RegExp): boolean =>
  node.importKind === "value" && wanted.test(String(node.source.value));

const rules: Readonly<Record<string, HouseRule>> = {
  "pure-engine": {
    applies: inEngine,
    create: (report, textOf) => ({
      ImportDeclaration(node) {
        const source = String(node.source.value);
        if (source.startsWith(".")) return;
        report(
          node,
          `The engine imports nothing from outside, not "${source}".`,
          "Write it pure, or move it to lib/control.",
        );
      },
      Identifier(node) {
        const hint = Object.hasOwn(IMPURE, node.name) ? IMPURE[node.name] : undefined;
        if (hint !== undefined && isReference(node)) {
          report(node, `The engine is pure: no ${node.name}.`, hint);
        }
      },
      MemberExpression(node) {
        const text = textOf(node);
        const hint = Object.hasOwn(IMPURE_MEMBERS, text) ? IMPURE_MEMBERS[text] : undefined;
        if (hint !== undefined) report(node, `The engine is pure: no ${text}.`, hint);
      },
      NewExpression(node) {
        if (textOf(node.callee) === "Date" && node.arguments.length === 0) {
          report(
            node,
            "The engine is pure: no new Date().",
            "Take the time as an argument: now, in milliseconds.",
          );
        }
      },
    }),
  },

  "no-provider-in-engine": {
    applies: inEngine,
    create(report) {
      const look = (node: Deno.lint.Node, text: string) => {
        const found = PROVIDER.exec(text.replaceAll(OWN_NAME, ""))?.[0];
        if (found === undefined) return;
        report(
          node,
          `The engine knows no provider, but here stands "${found}".`,
          "Name the trait that matters (a capability, an option), and let the adapter set it.",
        );
      };
      return {
        Identifier: (node) => look(node, node.name),
        Literal: (node) => {
          if (typeof node.value === "string") look(node, node.value);
        },
        TemplateElement: (node) => look(node, node.cooked),
      };
    },
  },

  "no-console": {
    applies: (path) => !startsWithOneOf(path, ["lib/cli/", "scripts/", "tests/"]),
    create: (report) => ({
      MemberExpression(node) {
        if (node.object.type !== "Identifier" || node.object.name !== "console") return;
        report(
          node,
          "Only lib/cli speaks to the terminal.",
          "Return the value, throw a CarError, or write to the log.",
        );
      },
    }),
  },

  "literal-import": {
    applies: () => true,
    create: (report) => ({
      ImportExpression(node) {
        if (node.source.type === "Literal") return;
        report(
          node,
          "import() of a computed path reads the real disk, past the permissions of the compiled program.",
          "Write the path out, one import() for each module of a table.",
        );
      },
    }),
  },

  "atomic-writes": {
    applies: (path) => inLib(path) && path !== WRITER,
    create(report, textOf) {
      const hint =
        `Use the atomic writer of ${WRITER}: a plain write tears under kill -9 and on a full disk.`;
      const fsNames = new Set<string>();
      return {
        ImportDeclaration(node) {
          if (!importsFrom(node, NODE_FS)) return;
          for (const specifier of node.specifiers) {
            if (specifier.type !== "ImportSpecifier") {
              fsNames.add(specifier.local.name);
            } else if (NODE_WRITES.test(textOf(specifier.imported))) {
              report(specifier, `No ${textOf(specifier.imported)} here.`, hint);
            }
          }
        },
        MemberExpression(node) {
          const text = textOf(node);
          const viaFs = fsNames.has(textOf(node.object)) && NODE_WRITES.test(textOf(node.property));
          if (viaFs || DENO_WRITES.test(text)) report(node, `No ${text} here.`, hint);
        },
      };
    },
  },

  "one-process-room": {
    applies: (path) => inLib(path) && !startsWithOneOf(path, SPAWNERS),
    create(report, textOf) {
      const hint =
        "Spawn through lib/adapters/process: it ends what it starts, also when CAR is killed.";
      return {
        ImportDeclaration(node) {
          if (importsFrom(node, /^node:child_process$/)) {
            report(node, "No node:child_process here.", hint);
          }
        },
        NewExpression(node) {
          if (textOf(node.callee) === "Deno.Command") report(node, "No Deno.Command here.", hint);
        },
      };
    },
  },

  "one-clock": {
    applies: (path) => inLib(path) && !inEngine(path) && path !== CLOCK,
    create(report, textOf) {
      const hint = `Take a Clock of ${CLOCK} as an argument, so that a test can hold time still.`;
      return {
        MemberExpression(node) {
          const text = textOf(node);
          if (WALL_CLOCK.test(text)) report(node, `No ${text} here.`, hint);
        },
        NewExpression(node) {
          if (textOf(node.callee) === "Date" && node.arguments.length === 0) {
            report(node, "No new Date() without an instant here.", hint);
          }
        },
      };
    },
  },

  "function-length": {
    applies: (path) => !path.endsWith(".gen.ts"),
    create(report, textOf) {
      const measure = (node: Deno.lint.Node) => {
        const lines = textOf(node).split("\n").length;
        if (lines <= FUNCTION_LINES_MAX) return;
        report(
          node,
          `This function has ${lines} lines; the wall is ${FUNCTION_LINES_MAX}.`,
          "Take out the step that has a name of its own, or turn the branches into a table.",
        );
      };
      return {
        FunctionDeclaration: measure,
        FunctionExpression: measure,
        ArrowFunctionExpression: measure,
      };
    },
  },
};

function ruleOf({ applies, create }: HouseRule): Deno.lint.Rule {
  return {
    create(context) {
      const path = context.filename.startsWith(ROOT)
        ? context.filename.slice(ROOT.length)
        : context.filename;
      if (!applies(path)) return {};
      return create(
        (node, message, hint) => context.report({ node, message, hint }),
        (node) => context.sourceCode.getText(node),
      );
    },
  };
}

const plugin: Deno.lint.Plugin = {
  name: "car",
  rules: Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, ruleOf(rule)])),
};

export default plugin;
