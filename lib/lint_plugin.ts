/**
 * The project's own lint rules: randomness comes from seeded streams only, and each engine or plotting library
 * is imported in one folder only.
 */

/** Package → the only folders that may import it. */
const OWNERS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(npm:)?@tensorflow\//, ["lib/tensor/", "bench/"]],
  [/^(npm:)?onnxruntime-/, ["lib/compile/", "bench/"]],
  [/^(npm:)?(vega|vega-lite|d3)(@|\/|$|-)/, ["lib/figures/"]],
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
