/** Code of a known language in colours; loaded when the first one is shown. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { visible } from "../../lib/base/display.ts";
import { marked } from "./foreign.tsx";

/** Longer code is shown plain: colouring it would hold the page up. */
const COLOURED_MAX = 100_000;

/** @param lang A file's extension or the name on a fence; unknown ones are shown plain. */
export function Code({ text, lang }: { text: string; lang?: string }) {
  const html = useSignal<string | null>(null);
  useEffect(() => {
    let shown = true;
    html.value = null;
    if (lang !== undefined && text.length < COLOURED_MAX) {
      void import("./code_html.ts").then(({ codeHtml }) => {
        if (shown) html.value = codeHtml(visible(text), lang);
      });
    }
    return () => void (shown = false);
  }, [text, lang]);
  return (
    <pre class="code" tabIndex={0}>
      {html.value === null
        ? <code><bdi>{marked(visible(text))}</bdi></code>
        : <code dangerouslySetInnerHTML={{ __html: html.value }} />}
    </pre>
  );
}
