import assert from "node:assert/strict";
import { nextInPage } from "./next_step.ts";

Deno.test("nextInPage() names what the page has in place of commands", () => {
  const table = [
    [
      'Follow it with "car log -f"; "car stop" ends it after this turn.',
      "Follow it beside the queue; Stop ends it after this turn.",
    ],
    [
      'Add tickets with "car ticket new", then use "car run".',
      "Add tickets with New ticket, then use Run.",
    ],
    ['Mend it (see "car ticket lint"), then use "car resume".', "Mend it, then use Resume."],
    [
      'See "car log", mend the cause, then use "car resume".',
      "See the timeline, mend the cause, then use Resume.",
    ],
    ['See "car ticket show 2 --evidence".', "See its verdicts."],
    ['Do it, then "car ticket done 7" and "car resume".', "Do it, then mark it done and Resume."],
    [
      'Log in (see "car agents"), then use "car resume".',
      "Log in (see Settings, Agents), then use Resume.",
    ],
    [
      'Mend it; "car ticket lint --fix" mends what is mechanical.',
      'Mend it; "car ticket lint --fix" mends what is mechanical.',
    ],
    [
      'Read it with "car dispatch show 1", answer with "car dispatch reply", then "car resume".',
      "Answer it in the inbox, and the run goes on.",
    ],
    [
      'See "car ticket show 1 --evidence", then "car gate accept 1" or "car gate reject 1", and "car resume".',
      "See its verdicts, then accept it as done or send it back, and Resume.",
    ],
    ["Wait.", "Wait."],
  ] as const;
  for (const [text, words] of table) assert.equal(nextInPage(text), words);
});
