import assert from "node:assert/strict";
import { findChromium, withBrowser } from "./_browser.ts";

const chromium = findChromium();
const unless = chromium ? "" : " (skipped: no Chromium on this machine)";
const never = () => new Promise<void>(() => {});

Deno.test({
  name: `a browser that falls silent is killed, and a test gets one more${unless}`,
  ignore: !chromium,
  fn: async () => {
    let browsers = 0;
    const disconnected: Promise<void>[] = [];
    const gone = (browser: { on(event: "disconnected", then: () => void): unknown }) =>
      disconnected.push(new Promise((resolve) => void browser.on("disconnected", () => resolve())));
    await withBrowser(chromium!, async (browser) => {
      gone(browser);
      if (++browsers === 1) await never();
    }, 8_000);
    assert.equal(browsers, 2);
    const error = await withBrowser(chromium!, async (browser) => {
      gone(browser);
      await (await browser.newPage()).evaluate("new Promise(() => {})");
    }, 8_000).catch((error) => error);
    assert.equal(error.name, "TimeoutError");
    await Promise.all(disconnected);
    assert.equal(disconnected.length, 4);
  },
});

Deno.test({
  name: `a test that fails in a browser has no second try${unless}`,
  ignore: !chromium,
  fn: async () => {
    let browsers = 0;
    await assert.rejects(
      withBrowser(chromium!, () => Promise.reject(new assert.AssertionError({ message: `${++browsers}` }))),
      /1/,
    );
    assert.equal(browsers, 1);
  },
});
