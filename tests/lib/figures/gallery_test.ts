import assert from "node:assert/strict";
import { PROJECT } from "../../../lib/harness/mod.ts";
import { gallery, PAGE, PICTURES } from "./_gallery.ts";

const written = await Deno.readTextFile(PAGE);

Deno.test("docs/figures.md shows what its blocks make; `deno task gallery` rewrites it", async () => {
  const { page, pictures } = await gallery(written);
  assert.equal(page, written);
  for (const [name, svg] of pictures) {
    assert.equal(await Deno.readTextFile(new URL(name, PICTURES)), svg, name);
    assert.ok(svg.length < 60_000, `${name} has ${svg.length} bytes`);
  }
  const files = [...Deno.readDirSync(PICTURES)].map(({ name }) => name).filter((name) =>
    name.endsWith(".svg")
  );
  assert.deepEqual(files.toSorted(), [...pictures.keys()].toSorted());
});

Deno.test("docs/figures.md has every builder of figures, and those of metrics", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", "lib/figures/mod.ts"],
    cwd: PROJECT,
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  type Symbol = {
    name: string;
    declarations: { kind: string; def?: { returnType?: { repr?: string; typeName?: string } } }[];
  };
  const symbols = (Object.values(nodes) as { symbols: Symbol[] }[]).flatMap(({ symbols }) => symbols);
  const builders = symbols.filter(({ declarations: [{ kind, def }] }) =>
    kind === "function" && def?.returnType?.repr === "Figure"
  ).map(({ name }) => name);
  assert.ok(builders.length >= 10, builders.join());
  const headings = Array.from(written.matchAll(/^## (\w+)$/gm), ([, name]) => name);
  assert.deepEqual(
    headings.toSorted(),
    [...builders, "metricBars", "metricCurves", "metricTable"].toSorted(),
  );
});
