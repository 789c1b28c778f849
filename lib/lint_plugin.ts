/**
 * The project's own lint rules: randomness comes from seeded streams only, each engine or plotting library is
 * imported in one folder only, folders are entered through their doors, and comments fit the page.
 */

/** Width of the page, as in deno.json; the formatter does not wrap comments. */
const LINE_WIDTH = 110;

/** Package → the only folders that may import it. */
const OWNERS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(npm:)?@tensorflow\//, ["lib/tensor/", "bench/"]],
  [/^(npm:)?onnxruntime-/, ["lib/compile/", "bench/"]],
  [/^(npm:)?(vega|vega-lite|d3)(@|\/|$|-)/, ["lib/figures/"]],
  [/^(npm:)?@mujoco\//, ["lib/environments/"]],
];

/** TensorFlow.js functions that draw from an unseeded generator (or treat seed 0 as none). */
const UNSEEDED = new Set([
  "randomUniform",
  "randomUniformInt",
  "randomNormal",
  "randomStandardNormal",
  "randomGamma",
  "rand",
  "truncatedNormal",
  "multinomial",
  "dropout",
]);

/** TensorFlow.js functions whose derivatives are wrong or fail, with what to write instead. */
const UNSAFE = new Map([
  ["softmaxCrossEntropy", "Its second derivative is wrong: use tf.logSoftmax."],
  ["logSigmoid", "Its gradient fails inside larger functions: use tf.neg(tf.softplus(tf.neg(x)))."],
]);

function reportForeignImport(
  context: Deno.lint.RuleContext,
  node: Deno.lint.Node,
  specifier: unknown,
): void {
  if (typeof specifier !== "string") return;
  const file = context.filename.replaceAll("\\", "/");
  for (const [pattern, folders] of OWNERS) {
    if (pattern.test(specifier) && !folders.some((folder) => file.includes(`/${folder}`))) {
      context.report({
        node,
        message: `Import "${specifier}" only in ${folders[0]}; use that folder's mod.ts.`,
      });
    }
  }
}

/** Files by which a folder is entered from outside: a registry is the one table of its folder's files. */
const DOORS = new Set(["mod.ts", "types.ts", "registry.ts"]);

/** Path below `lib/`, or `undefined` outside of it. */
function pathInLib(context: Deno.lint.RuleContext): string | undefined {
  return context.filename.replaceAll("\\", "/").match(/^(?!.*\/tests\/).*?\/lib\/(.*)$/)?.[1];
}

/** The folder, relative to `lib/`, that an import enters from the side or from above, past its door. */
function enteredFolder(importer: string, specifier: unknown): string | undefined {
  if (typeof specifier !== "string" || !/^\.\.?\/.*\.tsx?$/.test(specifier)) return;
  const target = new URL(specifier, `file:///${importer}`).pathname.slice(1);
  const [folder, file] = [target.replace(/\/?[^/]*$/, ""), target.replace(/^.*\//, "")];
  // A file of the importer's own folder, or of one that holds it, is inside the same walls.
  return folder === "" || DOORS.has(file) || importer.startsWith(`${folder}/`) ? undefined : folder;
}

function reportSideEntrance(context: Deno.lint.RuleContext, node: Deno.lint.Node, specifier: unknown): void {
  const importer = pathInLib(context);
  const folder = importer && enteredFolder(importer, specifier);
  if (folder) {
    context.report({ node, message: `Import from lib/${folder} through its mod.ts (or types.ts).` });
  }
}

const plugin: Deno.lint.Plugin = {
  name: "refigure",
  rules: {
    "no-unseeded-random": {
      create(context) {
        return {
          MemberExpression(node) {
            if (node.object.type !== "Identifier" || node.property.type !== "Identifier") return;
            const { name: object } = node.object;
            const { name: property } = node.property;
            if (object === "Math" && property === "random") {
              context.report({
                node,
                message: "Math.random cannot be seeded.",
                hint: "Use a stream of lib/random.",
              });
            } else if (object === "tf" && UNSEEDED.has(property)) {
              context.report({
                node,
                message: `tf.${property} is not reproducibly seeded.`,
                hint: "Draw on the host from a stream of lib/random and pass the numbers in.",
              });
            }
          },
        };
      },
    },
    "no-unsafe-gradient": {
      create(context) {
        return {
          MemberExpression(node) {
            if (node.property.type !== "Identifier") return;
            const hint = UNSAFE.get(node.property.name);
            if (hint) {
              context.report({
                node,
                message: `${node.property.name} cannot be differentiated safely.`,
                hint,
              });
            }
          },
        };
      },
    },
    "comment-width": {
      create(context) {
        return {
          Program() {
            for (const { value, range: [start] } of context.sourceCode.getAllComments()) {
              const { text } = context.sourceCode;
              const from = text.lastIndexOf("\n", start - 1) + 1;
              const end = text.indexOf("\n", start + value.length);
              let at = from;
              for (const line of text.slice(from, end < 0 ? undefined : end).split("\n")) {
                const width = [...line.trimEnd()].length;
                if (width > LINE_WIDTH && !/deno-(lint|fmt)-ignore/.test(line)) {
                  context.report({
                    range: [Math.max(at, start), at + line.length],
                    message: `Wrap the comment: its line is ${width} wide, ${LINE_WIDTH} is the most.`,
                  });
                }
                at += line.length + 1;
              }
            }
          },
        };
      },
    },
    "doors-only-reexport": {
      create(context) {
        if (!pathInLib(context)?.endsWith("/mod.ts")) return {};
        return {
          Program({ body }) {
            for (const node of body) {
              const reExports = node.type === "ExportAllDeclaration" ||
                (node.type === "ExportNamedDeclaration" && node.source !== null);
              const effect = node.type === "ImportDeclaration" && node.specifiers.length === 0;
              if (reExports || effect) continue;
              context.report({
                node,
                message: "A mod.ts only re-exports, or imports for a side effect.",
                hint:
                  "Cache keys see through doors only if they hold no code: move this to a file of its own.",
              });
            }
          },
        };
      },
    },
    "through-doors": {
      create(context) {
        return {
          ImportDeclaration: (node) => reportSideEntrance(context, node, node.source.value),
          ExportNamedDeclaration: (node) => reportSideEntrance(context, node, node.source?.value),
          ExportAllDeclaration: (node) => reportSideEntrance(context, node, node.source.value),
          ImportExpression: (node) =>
            reportSideEntrance(
              context,
              node,
              node.source.type === "Literal" ? node.source.value : undefined,
            ),
        };
      },
    },
    "one-owner": {
      create(context) {
        return {
          ImportDeclaration: (node) => reportForeignImport(context, node, node.source.value),
          ExportNamedDeclaration: (node) => reportForeignImport(context, node, node.source?.value),
          ExportAllDeclaration: (node) => reportForeignImport(context, node, node.source.value),
          ImportExpression: (node) =>
            reportForeignImport(
              context,
              node,
              node.source.type === "Literal" ? node.source.value : undefined,
            ),
        };
      },
    },
  },
};

export default plugin;
