import type { Browser, Page } from "playwright-core";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Chromium on this machine, or `undefined`. */
export function findChromium(): string | undefined {
  return CANDIDATES.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Runs a test in a headless browser that asks for nothing beyond this machine. */
export async function withBrowser(
  executablePath: string,
  test: (browser: Browser) => Promise<void>,
): Promise<void> {
  // Else one of its packages looks for Windows below Linux, in places that tests may not read.
  Deno.env.set("__IS_WSL_TEST__", "1");
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  try {
    await test(browser);
  } finally {
    await browser.close();
  }
}

/** What a page says went wrong: console errors, exceptions, requests that failed or left this machine. */
export function watch(page: Page): readonly string[] {
  const problems: string[] = [];
  page.on(
    "console",
    (message) => void (message.type() === "error" && problems.push(`console: ${message.text()}`)),
  );
  page.on("pageerror", (error) => void problems.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => void problems.push(`failed: ${request.url()}`));
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (!["file:", "data:", "blob:"].includes(protocol) && !["127.0.0.1", "localhost"].includes(hostname)) {
      problems.push(`foreign address: ${request.url()}`);
    }
  });
  return problems;
}

/** Scrolls through a page, so that everything that waits for being seen is drawn. */
export async function scrollThrough(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // deno-lint-ignore no-explicit-any -- this runs in the browser
    const { document, innerHeight, requestAnimationFrame, scrollTo } = globalThis as any;
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
      scrollTo(0, y);
      for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame);
    }
    scrollTo(0, 0);
  });
}
