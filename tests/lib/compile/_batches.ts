/** Many small programs compiled as one. */
import { compile, type ExecutorName, type HostTensor, type HostTree } from "../../../lib/compile/mod.ts";
import type { Tensor } from "../../../lib/tensor/mod.ts";

/** A small program, and the lists of inputs that it is run on. */
export interface Small<Output> {
  readonly program: (...inputs: Tensor[]) => Output;
  readonly rounds: readonly HostTensor[][];
}

/** What a program makes of each of its lists of inputs. */
export async function runAlone<Args extends readonly unknown[], Output>(
  { program, rounds }: {
    readonly program: (...inputs: Args) => Output;
    readonly rounds: readonly { readonly [K in keyof Args]: HostTree<Args[K]> }[];
  },
  { executor, name }: { readonly executor: ExecutorName; readonly name?: string },
): Promise<HostTree<Output>[]> {
  await using compiled = await compile(program, rounds[0], { executor, name });
  const found: HostTree<Output>[] = [];
  for (const inputs of rounds) found.push(await compiled.run(...inputs));
  return found;
}

/** Small programs in one: starting a C compiler takes longer than compiling most of them. */
const TOGETHER = 24;

/**
 * Runs small programs on `c`, those that are neighbours in one, when the first of them is asked for.
 *
 * @param programs As many rounds each.
 * @returns what {@link runAlone} gives of the program of that number: if its neighbours and it cannot be
 * compiled or run together, of itself alone, so that only those fail that are wrong.
 */
export function togetherOnC<Output>(
  programs: readonly Small<Output>[],
): (index: number) => Promise<HostTree<Output>[]> {
  const batches = new Map<number, Promise<HostTree<Output>[][] | undefined>>();
  const batch = async (first: number) => {
    const some = programs.slice(first, first + TOGETHER);
    const rounds = some[0].rounds.map((_, round) => some.map(({ rounds }) => [...rounds[round]]));
    const program = (...lists: Tensor[][]) => some.map(({ program }, i) => program(...lists[i]));
    try {
      const found = await runAlone({ program, rounds }, { executor: "c", name: `programs ${first}…` });
      return some.map((_, i) => found.map((round) => round[i]));
    } catch {
      return undefined; // the one that is to blame will say why
    }
  };
  return async (index) => {
    const first = index - index % TOGETHER;
    if (!batches.has(first)) batches.set(first, batch(first));
    const found = await batches.get(first)!;
    return found?.[index - first] ?? await runAlone(programs[index], { executor: "c" });
  };
}
