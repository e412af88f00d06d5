/** Who may come in, and what this browser does by itself: notifications, colours. */

import { useEffect } from "preact/hooks";
import { notifies, setNotifies } from "./attention.ts";
import { useFlag } from "./flag.ts";
import { Section } from "./parts/small.tsx";
import { forgetToken } from "./session.ts";
import { setTheme, theme, THEMES } from "./theme.ts";
import { Button } from "./parts/button.tsx";

export function AccessSection() {
  const wants = useFlag();
  useEffect(() => void (wants.value = notifies()), []);
  return (
    <>
      <Section title="Access">
        <p class="soft prose">
          Whoever has the token may do everything here. It lies in{" "}
          <code>.codex-autorunner/token</code>, readable by you alone; this tab keeps it until it is
          closed, and it is in no cookie. <code>car token rotate</code>{" "}
          makes a new one, and the old one opens nothing from that moment on. Every change is
          written down in <code>.codex-autorunner/audit.log</code>.
        </p>
        <div class="button-row">
          <Button onClick={forgetToken}>Forget the token in this tab</Button>
        </div>
      </Section>
      <Section title="This browser">
        <label class="check">
          <input
            type="checkbox"
            checked={wants.value}
            onChange={(event) => {
              void setNotifies(event.currentTarget.checked).then((now) => (wants.value = now));
            }}
          />
          Notify me when something waits in the inbox
        </label>
        <div class="button-row" role="radiogroup" aria-label="Colours">
          {THEMES.map((it) => (
            <label key={it} class="check">
              <input
                type="radio"
                name="theme"
                checked={theme.value === it}
                onChange={() => setTheme(it)}
              />
              {it === "system" ? "Colours as the system" : it}
            </label>
          ))}
        </div>
      </Section>
    </>
  );
}
