import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { markdownHtml } from "./markdown_html.ts";

/** Each must come out as text or as something that does nothing. */
const PAYLOADS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "![x](javascript:alert(1))",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
  "[x](vbscript:msgbox(1))",
  '[x](https://e.example/" onmouseover="alert(1))',
  '![a" onerror="alert(1)](https://e.example/x.png)',
  "<svg/onload=alert(1)>",
  "<a href='javascript:alert(1)'>x</a>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<style>*{background:url(//e.example)}</style>",
  "<form action=//e.example><input name=a></form>",
  "`<script>`",
  "```html\n<script>alert(1)</script>\n```",
  "[^1]\n\n[^1]: <img src=x onerror=alert(1)>",
  "| <b onclick=alert(1)>a</b> |\n| - |\n| x |",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "<div id=page name=body></div>",
  "[a]: javascript:alert(1)\n[a]",
  '<https://e.example/?a="><script>alert(1)</script>>',
];
const HARMLESS = /^(https?:|mailto:|#|\/|$)/;

Deno.test("markdownHtml() lets no foreign markup, handler or protocol through", () => {
  for (const text of PAYLOADS) {
    const { document } = parseHTML(`<html><body>${markdownHtml(text)}</body></html>`);
    const forbidden = document.querySelectorAll(
      "script, img, iframe, style, svg, form, object, embed, link, meta, base",
    );
    assert.equal(forbidden.length, 0, text);
    for (const element of document.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        assert.ok(!name.startsWith("on"), `${text}: ${name}`);
        if (name === "href") assert.match(value, HARMLESS, text);
      }
    }
  }
});

Deno.test("markdownHtml() shows a picture of another server as a link", () => {
  const html = markdownHtml("![A plan](https://e.example/plan.png)");
  assert.match(html, /<a href="https:\/\/e\.example\/plan\.png"[^>]*>A plan<\/a>/);
});

Deno.test("markdownHtml() knows tables, task lists and footnotes", () => {
  assert.match(markdownHtml("| a |\n| - |\n| 1 |"), /<table>/);
  assert.match(markdownHtml("- [x] a"), /type="checkbox"[^>]* aria-label="done">/);
  assert.match(markdownHtml("- [ ] b"), /type="checkbox"[^>]* aria-label="open">/);
});
