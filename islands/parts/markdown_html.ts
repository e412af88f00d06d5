/** Markdown to HTML that is safe to show: micromark escapes raw HTML and drops dangerous protocols. */

import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

/** More than a person reads at once; the rest would hold the page up. */
const CHARACTERS_MAX = 400_000;

export function markdownHtml(text: string): string {
  const html = micromark(text.slice(0, CHARACTERS_MAX), {
    extensions: [gfm()],
    // Dangerous HTML and protocols stay off: that is micromark's default, said here because it matters.
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: false,
    allowDangerousProtocol: false,
  });
  return settled(html);
}

/**
 * Links say that they lead away; pictures of other servers are links, since showing one would tell
 * that server who reads.
 */
function settled(html: string): string {
  return html
    // A long line scrolls within its block: the keyboard has to get there.
    .replaceAll("<pre>", '<pre tabindex="0">')
    .replace(/<a href="(https?:[^"]*)"/g, '<a href="$1" target="_blank" rel="noreferrer noopener"')
    .replace(/<input type="checkbox" disabled=""( checked="")? \/>/g, box)
    .replace(/<img src="([^"]*)" alt="([^"]*)"[^>]*>/g, picture);
}

/** A box of a list of tasks: those who cannot see it are told. */
const box = (tag: string, checked: string | undefined): string =>
  tag.replace(" />", ` aria-label="${checked === undefined ? "open" : "done"}">`);

const picture = (_tag: string, src: string, alt: string): string =>
  /^https?:/.test(src)
    ? `<a href="${src}" target="_blank" rel="noreferrer noopener">${alt === "" ? src : alt}</a>`
    : `<span class="tag">picture: ${alt === "" ? src : alt}</span>`;
