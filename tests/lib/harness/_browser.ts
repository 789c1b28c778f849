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

/** How long a browser may give no sign of life, in ms: the longest part of a test, on a busy machine. */
const PATIENCE = 120_000;

/** A test in a browser; a long one calls `alive` after each part of it. */
type BrowserTest = (browser: Browser, alive: () => void) => Promise<void>;

/**
 * Runs a test in a headless browser that asks for nothing beyond this machine.
 *
 * On a busy machine a browser may stop drawing, and what waits for a frame then waits for ever. So a browser
 * that gives no sign of life is killed, and the test runs once more in a new one. So it does after a wait
 * that was too long.
 *
 * @throws Error if the second browser is no better
 */
export async function withBrowser(
  executablePath: string,
  test: BrowserTest,
  patience = PATIENCE,
): Promise<void> {
  try {
    return await inOneBrowser(executablePath, test, patience);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "TimeoutError") throw error;
    // deno-lint-ignore no-console -- for whoever reads what the tests print
    console.log(`${error.message}\nThe test starts again in a new browser.`);
  }
  await inOneBrowser(executablePath, test, patience);
}

/** @throws TimeoutError if the browser gives no sign of life */
async function inOneBrowser(executablePath: string, test: BrowserTest, patience: number): Promise<void> {
  // Else one of its packages looks for Windows below Linux, in places that tests may not read.
  Deno.env.set("__IS_WSL_TEST__", "1");
  const { chromium } = await import("playwright-core");
  const dumps = await Deno.makeTempDir({ prefix: "refigure-browser-" });
  const silence = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = () => {
    clearTimeout(timer);
    const error = new DOMException(
      `The browser gave no sign of life for ${patience / 1000} s.`,
      "TimeoutError",
    );
    timer = setTimeout(() => silence.reject(error), patience);
  };
  const run = async () => {
    const browser = await chromium.launch({
      executablePath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // By this its process is found again.
        `--crash-dumps-dir=${dumps}`,
      ],
    });
    alive();
    try {
      await test(browser, alive);
    } finally {
      await browser.close();
    }
  };
  try {
    await Promise.race([run(), silence.promise]);
  } finally {
    clearTimeout(timer);
    await new Deno.Command("pkill", { args: ["-KILL", "-f", dumps] }).output();
    await Deno.remove(dumps, { recursive: true });
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
