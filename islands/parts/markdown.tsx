/**
 * Markdown of tickets, agents and people, as a page may show it: raw HTML is text, links lead to the
 * web, to a place in the page or nowhere. The reader of markdown is loaded when the first one is shown.
 */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { visible } from "../../lib/base/display.ts";

export function Markdown({ text }: { text: string }) {
  const html = useSignal<string | null>(null);
  useEffect(() => {
    let shown = true;
    void import("./markdown_html.ts").then(({ markdownHtml }) => {
      if (shown) html.value = markdownHtml(visible(text));
    });
    return () => void (shown = false);
  }, [text]);
  if (html.value === null) return <div class="prose ansi">{visible(text)}</div>;
  return <div class="prose" dir="auto" dangerouslySetInnerHTML={{ __html: html.value }} />;
}
