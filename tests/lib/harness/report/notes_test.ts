import assert from "node:assert/strict";
import { notesHtml } from "../../../../lib/harness/report/_notes.ts";

const html = (markdown: string) => notesHtml(markdown, (href) => href);

/** What a stranger's README may hold that must not reach the page. */
const HARMFUL: readonly string[] = [
  "<script>alert(1)</script>",
  '<img src="x" onerror="alert(1)">',
  "[text](javascript:alert(1))",
  "[text](JaVaScRiPt:alert(1))",
  "[text](&#106;avascript:alert(1))",
  "[text](data:text/html;base64,PHNjcmlwdD4=)",
  "![picture](javascript:alert(1))",
  '<a href="vbscript:x" onclick="alert(1)">text</a>',
  '<iframe src="https://example.org"></iframe>',
  '<svg onload="alert(1)"><script>alert(1)</script></svg>',
  "<style>body { display: none }</style>",
  '<form action="https://example.org"><button formaction="javascript:alert(1)">x</button></form>',
  '<p style="position: fixed">x</p>',
  '<meta http-equiv="refresh" content="0;url=https://example.org">',
  '<object data="x"></object><embed src="x">',
  "<math><mtext><script>alert(1)</script></mtext></math>",
];

Deno.test("notesHtml() lets nothing run or load", async () => {
  for (const markdown of HARMFUL) {
    const made = await html(markdown);
    assert.doesNotMatch(
      made,
      /<(script|style|iframe|object|embed|svg|form|button|meta|math)\b|javascript:|vbscript:|data:text|\son\w+=|style=/i,
      `${markdown} → ${made}`,
    );
  }
});

Deno.test("notesHtml() keeps what Markdown makes", async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["# Title\n\n## Deviations", /^<h3>Deviations<\/h3>\s*$/],
    ["[text](https://arxiv.org)", /<a href="https:\/\/arxiv\.org">text<\/a>/],
    ["[text](../../lib/x.ts)", /<a href="\.\.\/\.\.\/lib\/x\.ts">/],
    ["![alt](figure.svg)", /<img src="figure\.svg" alt="alt"/],
    ["| a | b |\n| - | -: |\n| 1 | 2 |", /<td align="right">2<\/td>/],
    ["```ts\nconst a = 1 < 2;\n```", /<pre><code class="language-ts">const a = 1 &lt; 2;/],
    [
      "a < b & **c** _d_ ~~e~~ x<sup>2</sup>",
      /a &lt; b &amp; <strong>c<\/strong> <em>d<\/em> <del>e<\/del> x<sup>2/,
    ],
    ["3. three", /<ol start="3">/],
    ["- [x] done", /<input checked(="")? disabled(="")? type="checkbox"/],
  ];
  for (const [markdown, wanted] of cases) assert.match(await html(markdown), wanted);
});
