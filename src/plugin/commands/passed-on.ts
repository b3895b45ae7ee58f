import type { CommandSpec } from '../command-spec.ts';
import { exitCode, PluginError } from '../exit.ts';
import type { Invocation } from '../invocation.ts';

/**
 * A command that the other program of this package has, with all its flags. It is about the current context, or that of
 * --context and --kubeconfig.
 * @param words what stands before what is typed
 */
export function passedOn(
  words: readonly string[],
  spec: Pick<CommandSpec, 'summary' | 'description' | 'examples'>,
): CommandSpec {
  return {
    group: 'access',
    ...spec,
    flags: {},
    passesOn: words,
    run: ({ operands, deps }) => ask([...words, ...operands], deps),
  };
}

async function ask(words: readonly string[], { runProgram }: Invocation['deps']): Promise<number> {
  const code = await runProgram('sallyport', words);
  if (code !== undefined) return code;
  throw new PluginError(
    exitCode.failure,
    'bin/sallyport is missing beside this program: install the whole package',
  );
}
