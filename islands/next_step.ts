/** What one can do next, in the page's words: told on a terminal it names commands. Pure. */

/** The first that is found in a place stands. */
const IN_PAGE: readonly (readonly [command: RegExp, words: string])[] = [
  [/^Follow it with "car log -f"/, "Follow it beside the queue"],
  [/ \(see "car ticket lint"\)/, ""],
  [
    /^Read it with "car dispatch show \S+", answer with "car dispatch reply", then "car resume"/,
    "Answer it in the inbox, and the run goes on",
  ],
  [/"car gate accept \S+"/, "accept it as done"],
  [/"car gate reject \S+"/, "send it back"],
  [/"car log"/, "the timeline"],
  [/"car ticket show \S+ --evidence"/, "its verdicts"],
  [/"car ticket lint"/, "the queue"],
  [/"car ticket new"/, "New ticket"],
  [/"car ticket done \S+"/, "mark it done"],
  [/"car agents"/, "Settings, Agents"],
  [/"car doctor"/, "Settings, Doctor"],
  [/"car run"/, "Run"],
  [/"car resume"/, "Resume"],
  [/"car pause"/, "Pause"],
  [/"car stop"/, "Stop"],
  [/"car kill"/, "Kill"],
];

/** Commands that the page has nothing for stay as they are. */
export const nextInPage = (text: string): string =>
  IN_PAGE.reduce((words, [command, name]) => words.replace(command, name), text);
