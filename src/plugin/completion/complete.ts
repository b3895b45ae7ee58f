import type { CommandSpec, FlagSpec } from '../command-spec.ts';
import { commandTable, loadCommands } from '../command-table.ts';
import { exitCode } from '../exit.ts';
import type { PluginDeps } from '../invocation.ts';
import { readContexts } from '../kubeconfig/read-context.ts';
import { oneLine } from '../terminal-text.ts';

export interface Completion {
  /** Each with a tab and a description behind it, where there is one. */
  readonly candidates: readonly string[];
  /** Files may stand there, too. */
  readonly files: boolean;
}

const none: Completion = { candidates: [], files: false };

/** `__complete WORD...`: what the shells' scripts and kubectl run, in cobra's protocol. The last word is the unfinished one. */
export async function runComplete(words: readonly string[], deps: PluginDeps): Promise<number> {
  const { candidates, files } = await complete(words, deps);
  // The directive: 4 is "no files", 0 lets the shell offer them.
  deps.stdout([...candidates, `:${files ? 0 : 4}`].map((line) => `${line}\n`).join(''));
  return exitCode.ok;
}

/** Never throws: a shell that completes is no place for errors. */
async function complete(words: readonly string[], deps: PluginDeps): Promise<Completion> {
  const [name, ...rest] = words;
  const last = words.at(-1) ?? '';
  try {
    if (name === undefined || rest.length === 0) return await commandNames(last);
    const load = Object.hasOwn(commandTable, name) ? commandTable[name] : undefined;
    return load === undefined ? none : await within(await load(), rest, deps);
  } catch {
    return none;
  }
}

async function commandNames(begun: string): Promise<Completion> {
  const commands = [...(await loadCommands())].map(([name, { summary }]) => `${name}\t${summary}`);
  return matching(commands, begun);
}

async function within(
  { flags, operands }: CommandSpec,
  words: readonly string[],
  deps: PluginDeps,
): Promise<Completion> {
  const last = words.at(-1) ?? '';
  const before = words.at(-2) ?? '';
  const [, flag, value] = /^--([\w-]+)=(.*)$/.exec(last) ?? [];
  if (flag !== undefined) {
    const { candidates, files } = await valuesOf(flags[flag]?.values, value ?? '', deps);
    return { candidates: candidates.map((candidate) => `--${flag}=${candidate}`), files };
  }
  const awaited = flagOf(flags, before);
  if (awaited?.type === 'string') return valuesOf(awaited.values, last, deps);
  if (last.startsWith('-')) {
    return matching(
      Object.entries(flags).map(([name, { help }]) => `--${name}\t${help}`),
      last,
    );
  }
  return operands === undefined ? none : valuesOf(operands.values, last, deps);
}

/** The flag that a word is, in full or by its letter. */
function flagOf(flags: Readonly<Record<string, FlagSpec>>, word: string): FlagSpec | undefined {
  if (word.startsWith('--')) return flags[word.slice(2)];
  return Object.values(flags).find(({ short }) => short !== undefined && word === `-${short}`);
}

async function valuesOf(values: FlagSpec['values'], begun: string, deps: PluginDeps): Promise<Completion> {
  if (values === undefined) return none;
  if (values === 'files') return { candidates: [], files: true };
  if (typeof values !== 'string') return matching(values, begun);
  const { all } = await readContexts({}, deps);
  const names = values === 'contexts' ? all.map(({ name }) => name) : all.map(({ cluster }) => cluster);
  return matching(
    [...new Set(names)].map((name) => oneLine(name)),
    begun,
  );
}

function matching(candidates: readonly string[], begun: string): Completion {
  return { candidates: candidates.filter((candidate) => candidate.startsWith(begun)), files: false };
}
