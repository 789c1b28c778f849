/**
 * What the report's pages do besides being read: themes, sorting, copying, and interactive figures. Every
 * page is whole without it.
 */
const root = document.currentScript.dataset.root;

/* Light or dark, as the reader chose last; else as the system has it. */
const themes = ["auto", "light", "dark"];
const themeButton = document.getElementById("theme");
let theme = "auto";
try {
  theme = localStorage.getItem("theme") ?? "auto";
} catch {
  // Some browsers keep nothing for pages from the file system.
}
function applyTheme() {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  themeButton.textContent = `Theme: ${theme}`;
}
applyTheme();
themeButton.hidden = false;
themeButton.addEventListener("click", () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  applyTheme();
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // as above
  }
});

/* Tables sort by the column whose head is clicked; a second click turns the order round. */
for (const table of document.querySelectorAll("table.data")) {
  const heads = [...table.querySelectorAll("thead th")];
  heads.forEach((head, column) => {
    const label = head.querySelector(".head");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...label.childNodes);
    label.replaceWith(button);
    button.addEventListener("click", () => sortBy(table, heads, column));
  });
}

function sortBy(table, heads, column) {
  const descending = heads[column].getAttribute("aria-sort") === "ascending";
  for (const head of heads) head.removeAttribute("aria-sort");
  heads[column].setAttribute("aria-sort", descending ? "descending" : "ascending");
  const body = table.tBodies[0];
  const key = (row) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    return text === "" || Number.isNaN(Number(text)) ? text : Number(text);
  };
  // Numbers before texts, and nothing last in either order.
  const rank = (value) => value === "" ? 2 : typeof value === "number" ? 0 : 1;
  const compare = (a, b) =>
    rank(a) !== rank(b) ? 0 : typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true });
  const rows = [...body.rows].map((row) => ({ row, value: key(row) }));
  rows.sort((a, b) => rank(a.value) - rank(b.value) || (descending ? -1 : 1) * compare(a.value, b.value));
  body.append(...rows.map(({ row }) => row));
}

/* Claims can be narrowed to a status, and to what one types. */
const claims = document.querySelector("ol.claims");
if (claims) {
  const items = [...claims.children];
  const statuses = [...new Set(items.map((item) => item.dataset.status))];
  const bar = document.createElement("div");
  bar.className = "filter";
  const search = document.createElement("input");
  search.type = "search";
  search.placeholder = "Search the claims";
  search.setAttribute("aria-label", "Search the claims");
  let chosen = null;
  const buttons = ["all", ...statuses].map((status) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = status;
    button.addEventListener("click", () => {
      chosen = status === "all" ? null : status;
      narrow();
    });
    return button;
  });
  const narrow = () => {
    const wanted = search.value.trim().toLowerCase();
    for (const item of items) {
      item.hidden = (chosen !== null && item.dataset.status !== chosen) ||
        !item.textContent.toLowerCase().includes(wanted);
    }
    for (const button of buttons) button.ariaPressed = String(button.textContent === (chosen ?? "all"));
  };
  search.addEventListener("input", narrow);
  bar.append(...buttons, search);
  claims.before(bar);
  narrow();
  // A link to a claim shows it.
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target || !target.hidden) return;
    [chosen, search.value] = [null, ""];
    narrow();
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
}

/* Pictures that are shrunk to fit can be seen in full. */
function enlarge(picture) {
  const dialog = document.createElement("dialog");
  dialog.className = "enlarged";
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  const copy = picture.cloneNode(true);
  copy.removeAttribute("data-spec");
  copy.removeAttribute("data-figure");
  dialog.append(close, copy);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
for (const picture of document.querySelectorAll(".picture")) {
  picture.classList.add("enlarges");
  picture.addEventListener("click", (event) => {
    if (event.target.tagName === "IMG") enlarge(picture);
  });
}

/* Commands can be copied. */
for (const command of document.querySelectorAll(".command")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const text = command.textContent.trim();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without permission for the clipboard: select it, so that the reader can copy it.
      getSelection().selectAllChildren(command);
      return;
    }
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  command.after(button);
}

/* Pictures that come into view become interactive where there is room for them. */
const scripts = new Map();
function load(source) {
  if (!scripts.has(source)) {
    scripts.set(
      source,
      new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = source;
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${source} could not be loaded`));
        document.head.append(script);
      }),
    );
  }
  return scripts.get(source);
}

globalThis.refigure = {
  /** Called by a figure's own script with its specification. */
  async draw(id, spec) {
    const picture = document.querySelector(`[data-figure="${id}"]`);
    const view = document.createElement("div");
    view.className = "view";
    const { spec: compiled } = vegaLite.compile({
      ...spec,
      config: { ...spec.config, mark: { tooltip: true, ...spec.config?.mark } },
    });
    const image = picture.querySelector("img");
    await new vega.View(vega.parse(compiled), { renderer: "svg", hover: true })
      .initialize(view)
      .runAsync();
    const svg = view.querySelector("svg");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", image.alt);
    image.replaceWith(view);
    picture.dataset.drawn = "";
  },
};

async function makeInteractive(picture) {
  try {
    await load(`${root}assets/vega.min.js`);
    await load(`${root}assets/vega-lite.min.js`);
    await load(picture.dataset.spec);
  } catch (error) {
    // deno-lint-ignore no-console -- the picture stays; who looks for the reason looks here
    console.error(error);
  }
}

const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    const width = Number(target.querySelector("img").getAttribute("width"));
    if (target.clientWidth >= width) makeInteractive(target);
  }
}, { rootMargin: "200px" });
for (const picture of document.querySelectorAll(".picture[data-spec]")) watcher.observe(picture);
