import type { CommandSpec } from '../command-spec.ts';
import { exitCode, PluginError } from '../exit.ts';
import type { Invocation } from '../invocation.ts';

/**
 * Questions about rights are the other program's of this package: it has the engine. They go there with all their flags,
 * and are about the current context, or that of --context and --kubeconfig.
 */
function passedOn(
  words: readonly string[],
  spec: Pick<CommandSpec, 'summary' | 'description' | 'examples'>,
): CommandSpec {
  return {
    group: 'access',
    ...spec,
    flags: {},
    passesOn: true,
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

export const canICommand = passedOn(['can-i'], {
  summary: 'Check whether you may do something',
  description:
    'What "sallyport can-i" says of the current context, with its flags and exit codes: 0 for yes, 1 for no.',
  examples: [
    ['May I list pods in the namespace dev?', 'can-i list pods -n dev'],
    ['All that I may do there', 'can-i --list -n dev'],
  ],
});

export const whyCommand = passedOn(['can-i', '--why'], {
  summary: 'Say why you may do something, or why not and what would mend it',
  description:
    'The binding, role and rule that allow it, or the nearest misses: "sallyport can-i --why" of the current context.',
  examples: [['Why may I not delete pods?', 'why delete pods -n dev']],
});

export const whoCanCommand = passedOn(['who-can'], {
  summary: 'List who may do something',
  description:
    'What "sallyport who-can" says of the current context. Needs the right to read roles and bindings.',
  examples: [['Who may read secrets in the namespace dev?', 'who-can get secrets -n dev']],
});
