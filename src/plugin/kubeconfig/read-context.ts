import { parseArgs } from 'node:util';
import { exitCode, PluginError } from '../exit.ts';
import { type Flags, textFlag } from '../flags.ts';
import type { PluginDeps } from '../invocation.ts';
import { oneLine } from '../terminal-text.ts';
import { entriesOf, type Fields, fields, isName, namedEntry, readKubeconfigs } from './kubeconfig-files.ts';

/** One way to a cluster, with what its user's credential plugin is told about the login. */
export interface ContextEntry {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string | undefined;
  /** The cluster's own fields: server, certificate-authority-data and so on. */
  readonly clusterFields: Fields;
  readonly userFields: Fields;
  /** Flags of ours that stand in the user's exec arguments. */
  readonly loginFlags: Flags;
}

export interface Contexts {
  readonly current: string | undefined;
  readonly all: readonly ContextEntry[];
}

/** Every context of the kubeconfig files. Throws PluginError when one cannot be read. */
export async function readContexts(
  flags: Flags,
  deps: Pick<PluginDeps, 'env' | 'homeDir'>,
): Promise<Contexts> {
  const files = await readKubeconfigs(flags, deps);
  const all = entriesOf(files, 'contexts').flatMap((entry) => {
    const context = fields(entry['context']);
    const name = entry['name'];
    if (context === undefined || !isName(name)) return [];
    return [contextEntry(files, name, context)];
  });
  return { current: files.map((file) => file['current-context']).find(isName), all };
}

/**
 * The context that the flags mean: --context, else the first that leads to --cluster or --server, else the current one.
 * Undefined when nothing is chosen and none is current. Throws PluginError (usage) when there is no such context.
 */
export async function chosenContext(
  flags: Flags,
  deps: Pick<PluginDeps, 'env' | 'homeDir'>,
): Promise<ContextEntry | undefined> {
  const { current, all } = await readContexts(flags, deps);
  const [context, cluster, server] = ['context', 'cluster', 'server'].map((name) => textFlag(flags, name));
  if (context === undefined && (cluster !== undefined || server !== undefined)) {
    const found = all.find(
      (entry) =>
        (cluster === undefined || entry.cluster === cluster) &&
        (server === undefined || sameServer(entry, server)),
    );
    if (found !== undefined) return found;
    throw missing(cluster === undefined ? `the server ${server}` : `the cluster "${cluster}"`, 'leads to');
  }
  const name = context ?? current;
  if (name === undefined) return undefined;
  const found = all.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  throw new PluginError(exitCode.usage, `the context "${oneLine(name)}" does not exist in the kubeconfig`);
}

function missing(what: string, verb: string): PluginError {
  return new PluginError(exitCode.usage, `no context of the kubeconfig ${verb} ${oneLine(what)}`);
}

export function sameServer({ clusterFields }: Pick<ContextEntry, 'clusterFields'>, server: string): boolean {
  const normal = (text: unknown) => (typeof text === 'string' ? (URL.parse(text)?.href ?? text) : '');
  return normal(clusterFields['server']).replace(/\/$/, '') === normal(server).replace(/\/$/, '');
}

function contextEntry(files: readonly Fields[], name: string, context: Fields): ContextEntry {
  const { cluster, user, namespace } = context;
  const userFields = isName(user) ? fields(namedEntry(files, 'users', user)?.['user']) : undefined;
  const clusterFields = isName(cluster)
    ? fields(namedEntry(files, 'clusters', cluster)?.['cluster'])
    : undefined;
  const args = fields(userFields?.['exec'])?.['args'];
  return {
    name,
    cluster: isName(cluster) ? cluster : '',
    user: isName(user) ? user : '',
    namespace: isName(namespace) ? namespace : undefined,
    clusterFields: clusterFields ?? {},
    userFields: userFields ?? {},
    loginFlags: Array.isArray(args) ? readLoginArgs(args.filter((arg) => typeof arg === 'string')) : {},
  };
}

/** What a flag of a credential plugin is called here: ours, and kubelogin's. */
const known: Readonly<Record<string, string>> = {
  issuer: 'issuer',
  'issuer-url': 'issuer',
  'oidc-issuer-url': 'issuer',
  'client-id': 'client-id',
  'oidc-client-id': 'client-id',
  'extra-scope': 'extra-scope',
  'oidc-extra-scope': 'extra-scope',
  'certificate-authority': 'certificate-authority',
  'certificate-authority-data': 'certificate-authority-data',
  cache: 'cache',
  'token-cache-storage': 'cache',
};

/** The flags that matter to a login, out of the arguments of a credential plugin. */
export function readLoginArgs(args: readonly string[]): Flags {
  const options = Object.fromEntries(
    Object.keys(known).map((name) => [name, { type: 'string', multiple: true } as const]),
  );
  // Other credential plugins may stand there; their other flags are none of our business.
  const { values } = parseArgs({ args: [...args], strict: false, options });
  const flags: Record<string, string | readonly string[]> = {};
  for (const [name, own] of Object.entries(known)) {
    const given = [values[name] ?? []].flat().filter(isName);
    const [first] = given;
    if (first === undefined) continue;
    // Asked for always.
    const scopes = given.flatMap((text) => text.split(',')).filter((scope) => scope !== 'offline_access');
    flags[own] = own === 'extra-scope' ? scopes : first;
  }
  return flags;
}
