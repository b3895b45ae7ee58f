import type { CommandSpec, FlagSpec } from '../command-spec.ts';
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

/** What completion knows of a command, of this program or of another one. */
export interface Completable extends Pick<CommandSpec, 'summary' | 'passesOn'> {
  readonly flags: Readonly<Record<string, Pick<FlagSpec, 'type' | 'short' | 'help' | 'values'>>>;
  readonly operands?: { readonly values?: FlagSpec['values'] };
}

/** Commands by their names. */
export type CompletionTable = Readonly<Record<string, () => Promise<Completable>>>;

export type CompletionDeps = Pick<PluginDeps, 'env' | 'homeDir' | 'stdout' | 'runProgram'>;

const none: Completion = { candidates: [], files: false };

/** `__complete WORD...`: what the shells' scripts and kubectl run, in cobra's protocol. The last word is the unfinished one. */
export async function runComplete(
  words: readonly string[],
  table: CompletionTable,
  deps: CompletionDeps,
): Promise<number> {
  const [name = '', ...rest] = words;
  const load = rest.length > 0 && Object.hasOwn(table, name) ? table[name] : undefined;
  const passesOn = (await load?.())?.passesOn;
  if (passesOn !== undefined) {
    return (await deps.runProgram('sallyport', ['__complete', ...passesOn, ...rest])) ?? exitCode.failure;
  }
  const { candidates, files } = await complete(words, table, deps);
  // The directive: 4 is "no files", 0 lets the shell offer them.
  deps.stdout([...candidates, `:${files ? 0 : 4}`].map((line) => `${line}\n`).join(''));
  return exitCode.ok;
}

/** Never throws: a shell that completes is no place for errors. */
async function complete(
  words: readonly string[],
  table: CompletionTable,
  deps: CompletionDeps,
): Promise<Completion> {
  const [name, ...rest] = words;
  const last = words.at(-1) ?? '';
  try {
    if (name === undefined || rest.length === 0) return await commandNames(last, table);
    const load = Object.hasOwn(table, name) ? table[name] : undefined;
    return load === undefined ? none : await within(await load(), rest, deps);
  } catch {
    return none;
  }
}

async function commandNames(begun: string, table: CompletionTable): Promise<Completion> {
  const entries = Object.entries(table).map(async ([name, load]) => `${name}\t${(await load()).summary}`);
  return matching(await Promise.all(entries), begun);
}

async function within(
  { flags, operands }: Completable,
  words: readonly string[],
  deps: CompletionDeps,
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
  // Only the first word beside the flags is one of them.
  const { values } = operands ?? {};
  const isLater = Array.isArray(values) && words.slice(0, -1).some((word) => values.includes(word));
  return isLater ? none : valuesOf(values, last, deps);
}

/** The flag that a word is, in full or by its letter. */
function flagOf(flags: Completable['flags'], word: string): Completable['flags'][string] | undefined {
  if (word.startsWith('--')) return flags[word.slice(2)];
  return Object.values(flags).find(({ short }) => short !== undefined && word === `-${short}`);
}

async function valuesOf(
  values: FlagSpec['values'],
  begun: string,
  deps: CompletionDeps,
): Promise<Completion> {
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
