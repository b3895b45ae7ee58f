import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { LineCounter, parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../cluster/index.ts';
import { checkManifest } from '../../cluster/schema/index.ts';
import { manifestFiles } from '../../gateway/index.ts';
import type { NetworkPolicy } from '../../netpol/index.ts';
import { type CommandHost, UsageError } from '../command.ts';
import type { NetworkSource } from './network-source.ts';
import { podSources } from './pod-end.ts';

type Fields = Readonly<Record<string, unknown>>;

const OTHERS_OF_INTEREST = ['Namespace', 'NetworkPolicy'];

/** Such objects are looked at; what else a chart renders is passed over. */
const KINDS: ReadonlySet<unknown> = new Set([...podSources.map(({ kind }) => kind), ...OTHERS_OF_INTEREST]);

/**
 * The pods, what makes them, the namespaces and the NetworkPolicies of manifests, each valid and with its defaults. A later
 * object replaces an earlier one of the same name, as applying does.
 * @param paths files and directories; `-` is standard input
 * @throws UsageError with everything that is wrong in them, or the path that cannot be read
 */
export async function openManifestNetwork(
  paths: readonly string[],
  recursive: boolean,
  host: Pick<CommandHost, 'stdin'>,
): Promise<NetworkSource> {
  const objects = new Map<string, KubeObject>();
  const problems: string[] = [];
  for (const { name, content } of await readAll(paths, recursive, host)) {
    for (const { manifest, line, problem } of manifestsOf(content)) {
      const checked = problem === undefined ? checkOfInterest(manifest) : { problems: [problem] };
      if (checked === undefined) continue;
      if (checked.problems === undefined) objects.set(keyOfObject(checked.object), checked.object);
      else problems.push(...checked.problems.map((each) => `${name}:${line}: ${each}`));
    }
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  const policies = [...objects.values()].filter(({ kind }) => kind === 'NetworkPolicy');
  return {
    namespace: 'default',
    find: async ({ kind }, namespace, name) => objects.get(key(kind, namespace, name)),
    namespaceLabels: async (name) => {
      const known = objects.get(key('Namespace', '', name));
      return known && { ...known.metadata.labels, 'kubernetes.io/metadata.name': name };
    },
    policies: async (namespace) =>
      policies.filter(({ metadata }) => metadata.namespace === namespace) as unknown as NetworkPolicy[],
    close: async () => {},
  };
}

function checkOfInterest(manifest: Fields) {
  return KINDS.has(manifest['kind']) ? checkManifest(manifest) : undefined;
}

function keyOfObject({ kind = '', metadata: { namespace = '', name = '' } }: KubeObject): string {
  return key(kind, namespace, name);
}

function key(kind: string, namespace: string, name: string): string {
  return JSON.stringify([kind, namespace, name]);
}

async function readAll(paths: readonly string[], recursive: boolean, { stdin }: Pick<CommandHost, 'stdin'>) {
  const read: { name: string; content: string }[] = [];
  for (const path of paths) {
    if (path === '-') {
      read.push({ name: 'standard input', content: await text(stdin) });
      continue;
    }
    try {
      for (const file of await manifestFiles(path, recursive))
        read.push({ name: file, content: await readFile(file, 'utf8') });
    } catch (error) {
      throw new UsageError(
        `cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`,
      );
    }
  }
  return read;
}

interface Manifest {
  readonly manifest: Fields;
  /** From 1: where the document begins. */
  readonly line: number;
  readonly problem?: string;
}

function manifestsOf(content: string): Manifest[] {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(content, { lineCounter, prettyErrors: false, merge: true });
  return [...documents].flatMap((document) => {
    const [broken] = document.errors;
    const offset = broken?.pos[0] ?? document.contents?.range?.[0] ?? 0;
    const { line } = lineCounter.linePos(offset);
    if (broken !== undefined) return [{ manifest: {}, line, problem: broken.message }];
    try {
      return itemsOf(document.toJS({ maxAliasCount: 100 })).map((manifest) => ({ manifest, line }));
    } catch (error) {
      return [{ manifest: {}, line, problem: (error as Error).message }];
    }
  });
}

function itemsOf(value: unknown): Fields[] {
  if (typeof value !== 'object' || value === null) return [];
  const { kind, items } = value as Fields;
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)
    ? items.flatMap(itemsOf)
    : [value as Fields];
}
