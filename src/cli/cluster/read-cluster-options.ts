import { readFile } from 'node:fs/promises';
import { type ClusterCertificate, type ClusterOptions, type CommandValues, UsageError } from '../command.ts';
import { listValue, switchValue, textValue } from '../command-values.ts';

/**
 * What the flags of `sallyport cluster` ask for.
 * @throws UsageError when they contradict each other, or a file cannot be read
 */
export async function readClusterOptions(
  values: CommandValues,
): Promise<Omit<ClusterOptions, 'log' | 'cutsConnections'>> {
  const listen = readAddress(textValue(values, 'listen') ?? '');
  await checkReach(listen.host, switchValue(values, 'allow-remote'));
  const store = readStore(textValue(values, 'store') ?? '');
  return {
    listen,
    store,
    certificate: await readCertificate(values, store),
    tokens: await readTokens(textValue(values, 'token-auth-file')),
    clientCA: await readText('client-ca-file', textValue(values, 'client-ca-file')),
    audit: await readAudit(textValue(values, 'audit-policy-file'), textValue(values, 'audit-log-path')),
    controllers: !switchValue(values, 'no-controllers'),
  };
}

function readAddress(text: string): ClusterOptions['listen'] {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new UsageError(`--listen: expected HOST:PORT, for example 127.0.0.1:6443, got "${text}"`);
  return { host: match[1] ?? match[2] ?? '', port };
}

/** Its administrator may do everything, so that nobody else should be able to knock without somebody having said so. */
async function checkReach(host: string, allowed: boolean): Promise<void> {
  if (allowed || host === '127.0.0.1') return;
  const { isLoopback } = await import('../../config/index.ts');
  if (isLoopback(host)) return;
  throw new UsageError(
    `--listen: other machines can reach ${host === '' ? 'every address of this one' : host}; say --allow-remote if they may, or listen on 127.0.0.1`,
  );
}

function readStore(text: string): ClusterOptions['store'] {
  if (text === 'memory') return { type: 'memory' };
  const [, type, place = ''] = /^(sqlite|etcd):(.+)$/s.exec(text) ?? [];
  if (type === 'sqlite') return { type, file: place };
  const [first, ...more] = place.split(',');
  if (type === 'etcd' && first !== undefined && [first, ...more].every(isOrigin))
    return { type, endpoints: [first, ...more] };
  throw new UsageError(
    `--store: expected memory, sqlite:FILE or etcd:URL[,URL], for example sqlite:cluster.db or etcd:http://127.0.0.1:2379, got "${text}"`,
  );
}

function isOrigin(text: string): boolean {
  return /^https?:\/\/[^/]+$/.test(text) && URL.canParse(text);
}

async function readCertificate(
  values: CommandValues,
  store: ClusterOptions['store'],
): Promise<ClusterCertificate> {
  const [certificate, privateKey] = await Promise.all(
    ['tls-cert-file', 'tls-private-key-file'].map((flag) => readText(flag, textValue(values, flag))),
  );
  const names = listValue(values, 'tls-san');
  const directory = textValue(values, 'cert-dir');
  if (certificate === undefined && privateKey === undefined)
    return {
      type: 'own',
      names,
      directory: directory ?? (store.type === 'sqlite' ? `${store.file}-pki` : undefined),
    };
  if (certificate === undefined || privateKey === undefined)
    throw new UsageError('--tls-cert-file and --tls-private-key-file go together');
  if (names.length > 0 || directory !== undefined)
    throw new UsageError(
      '--tls-san and --cert-dir are for a certificate of its own; leave out --tls-cert-file',
    );
  return { type: 'given', certificate, privateKey };
}

async function readTokens(file: string | undefined): Promise<ClusterOptions['tokens']> {
  const text = await readText('token-auth-file', file);
  if (text === undefined || file === undefined) return [];
  const { parseTokenFile } = await import('../../gateway/embedded/index.ts');
  try {
    return parseTokenFile(text, file);
  } catch (error) {
    throw new UsageError(`--token-auth-file: ${(error as Error).message}`);
  }
}

async function readAudit(
  policyFile: string | undefined,
  path: string | undefined,
): Promise<ClusterOptions['audit']> {
  const policy = await readText('audit-policy-file', policyFile);
  if (policy === undefined && path === undefined) return undefined;
  if (policy === undefined || policyFile === undefined || path === undefined)
    throw new UsageError('--audit-policy-file and --audit-log-path go together');
  return { policy, policyFile, path };
}

async function readText(flag: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--${flag}: cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`);
  }
}
