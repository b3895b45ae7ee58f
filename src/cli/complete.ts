import { homedir } from 'node:os';
import { type CompletionTable, runComplete } from '../plugin/index.ts';
import type { Command, CommandHost, CommandOption } from './command.ts';

/**
 * `sallyport __complete WORD...`: what the completion scripts ask, answered from the command table.
 * @param commands the table, by the commands' names
 * @returns the exit code
 */
export function complete(
  words: readonly string[],
  commands: Readonly<Record<string, () => Promise<Command>>>,
  { env, stdout }: Pick<CommandHost, 'env' | 'stdout'>,
): Promise<number> {
  const table: CompletionTable = Object.fromEntries(
    Object.entries(commands).map(([name, load]) => [name, async () => completable(await load())]),
  );
  return runComplete(words, table, {
    env,
    homeDir: env['HOME'] ?? homedir(),
    stdout: (text) => void stdout.write(text),
    runProgram: async () => undefined,
  });
}

function completable({ summary, options, words }: Command): Awaited<ReturnType<CompletionTable[string]>> {
  const flags = Object.entries(options).map(([name, option]) => {
    const { type, short, description } = option;
    const values = valuesOf(name, option);
    return [
      name,
      {
        type,
        help: description,
        ...(short === undefined ? {} : { short }),
        ...(values === undefined ? {} : { values }),
      },
    ] as const;
  });
  return {
    summary,
    flags: Object.fromEntries(flags),
    ...(words?.first === undefined ? {} : { operands: { values: words.first } }),
  };
}

function valuesOf(
  name: string,
  { value, values }: CommandOption,
): readonly string[] | 'contexts' | 'files' | undefined {
  if (name === 'context') return 'contexts';
  return values ?? (/\b(?:FILE|DIR|PATH)\b/.test(value ?? '') ? 'files' : undefined);
}
