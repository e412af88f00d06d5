/** Completion scripts for three shells, made from the command table. Pure. */

import { type CommandSpec, GLOBAL_OPTIONS, type OptionSpec } from "./command.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What may follow the words typed so far. `words` is "" at the start. */
interface Follow {
  readonly words: string;
  readonly choices: readonly { readonly word: string; readonly summary: string }[];
}

/** The script to be sourced by the shell. */
export function completionScript(shell: Shell, table: readonly CommandSpec[]): string {
  return SCRIPTS[shell](follows(table));
}

const SCRIPTS = { bash, zsh, fish } as const satisfies Record<
  Shell,
  (follows: readonly Follow[]) => string
>;

function follows(table: readonly CommandSpec[]): readonly Follow[] {
  const groups = groupsOf(table);
  const isCommand = (word: string) => table.some((spec) => spec.path === word);
  const single = table.filter((spec) => !spec.path.includes(" "));
  const top: Follow = {
    words: "",
    choices: [
      ...single.map((spec) => ({ word: spec.path, summary: spec.summary })),
      ...[...groups].filter(([path]) => !path.includes(" ") && !isCommand(path)).map(groupChoice),
      { word: "help", summary: "print help" },
      ...globalChoices(),
    ],
  };
  const grouped = [...groups].map(([path, specs]): Follow => ({
    words: path,
    choices: [
      ...specs.filter((spec) => !below(path, spec.path).includes(" ")).map((spec) => ({
        word: below(path, spec.path),
        summary: spec.summary,
      })),
      ...[...groups].filter(([other]) =>
        other.startsWith(`${path} `) && !below(path, other).includes(" ") && !isCommand(other)
      ).map(groupChoice),
    ],
  }));
  const merged = new Map<string, Follow>();
  for (const follow of [top, ...grouped, ...table.map(commandFollow)]) {
    const before = merged.get(follow.words)?.choices ?? [];
    merged.set(follow.words, { words: follow.words, choices: [...before, ...follow.choices] });
  }
  return [...merged.values()];
}

const below = (group: string, path: string): string => path.slice(group.length + 1);

const groupChoice = ([path, specs]: readonly [string, readonly CommandSpec[]]) => ({
  word: path.split(" ").at(-1) ?? path,
  summary: specs.map((spec) => below(path, spec.path)).join(", "),
});

/** `hub` and `hub worktree` of `hub worktree list`, each with all commands below it. */
function groupsOf(table: readonly CommandSpec[]): ReadonlyMap<string, readonly CommandSpec[]> {
  const groups = new Map<string, CommandSpec[]>();
  for (const spec of table) {
    const words = spec.path.split(" ");
    for (let length = 1; length < words.length; length++) {
      const path = words.slice(0, length).join(" ");
      groups.set(path, [...groups.get(path) ?? [], spec]);
    }
  }
  return groups;
}

function commandFollow(spec: CommandSpec): Follow {
  const values = (spec.arguments ?? []).flatMap((argument) => argument.choices ?? []);
  return {
    words: spec.path,
    choices: [
      ...values.map((word) => ({ word, summary: spec.arguments?.[0]?.summary ?? "" })),
      ...(spec.options ?? []).map((option) => ({
        word: `--${option.name}`,
        summary: optionSummary(option),
      })),
      ...globalChoices(),
    ],
  };
}

const optionSummary = (option: OptionSpec): string =>
  option.type === "text" && option.choices !== undefined
    ? `${option.summary}: ${option.choices.join(", ")}`
    : option.summary;

const globalChoices = () => [
  ...GLOBAL_OPTIONS.map(({ flags, summary }) => ({
    word: /--[a-z-]+/.exec(flags)?.[0] ?? flags,
    summary,
  })),
  { word: "--help", summary: "print help" },
];

/** Inside single quotes of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function bash(all: readonly Follow[]): string {
  const cases = all.map(({ words, choices }) =>
    `    ${quoted(words)}) choices=${quoted(choices.map(({ word }) => word).join(" "))} ;;`
  );
  return `# Completions of car for bash.
_car() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' word choices
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] || path="\${path:+$path }$word"
  done
  while :; do
    case $path in
${cases.map((line) => `  ${line}`).join("\n")}
      *) path=\${path% *}; [[ $path == *' '* ]] && continue ;;
    esac
    break
  done
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
}
complete -o default -F _car car
`;
}

function zsh(all: readonly Follow[]): string {
  const described = (choices: Follow["choices"]) =>
    choices.map(({ word, summary }) => quoted(`${word}:${summary.replaceAll(":", "\\:")}`))
      .join(" ");
  const cases = all.map(({ words, choices }) =>
    `    ${quoted(words)}) choices=(${described(choices)}) ;;`
  );
  return `#compdef car
# Completions of car for zsh.
_car() {
  local path_words='' word
  local -a choices
  for word in "\${words[@]:1:$((CURRENT - 2))}"; do
    [[ $word == -* ]] || path_words="\${path_words:+$path_words }$word"
  done
  case $path_words in
${cases.join("\n")}
    *) _files; return ;;
  esac
  _describe 'car' choices
}
compdef _car car
`;
}

function fish(all: readonly Follow[]): string {
  const lines = all.flatMap(({ words, choices }) =>
    choices.map(({ word, summary }) => {
      const condition = quoted(`__car_at ${quoted(words)}`);
      return `complete -c car -n ${condition} -f -a ${quoted(word)} -d ${quoted(summary)}`;
    })
  );
  return `# Completions of car for fish.
function __car_at
  set -l typed
  for word in (commandline -opc)[2..]
    string match -q -- '-*' $word; or set -a typed $word
  end
  test "$argv[1]" = "$typed"
end
${lines.join("\n")}
`;
}
