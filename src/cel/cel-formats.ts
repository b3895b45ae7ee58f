import type { FunctionTable } from './cel-function.ts';
import { CelError, type CelObject, celObject, type Evaluation, nativeList, spend } from './cel-value.ts';

/** As Go's url.ParseRequestURI: absolute, or a path. */
function parseURL(text: string): URL | undefined {
  return /^[a-z][a-z0-9+.-]*:/i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}

const urlOf = ({ value }: CelObject): URL => value as URL;

function queryOf(url: CelObject, evaluation: Evaluation): Map<unknown, unknown> {
  spend(evaluation, urlOf(url).search.length);
  const query = new Map<unknown, unknown>();
  const parameters = urlOf(url).searchParams;
  for (const name of new Set(parameters.keys())) query.set(name, nativeList(parameters.getAll(name)));
  return query;
}

const semverForm =
  /^(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,15})(?:-([\w-]+(?:\.[\w-]+)*))?(?:\+[\w.-]+)?$/;

interface Version {
  readonly numbers: readonly number[];
  readonly pre: readonly string[];
}

function parseSemver(text: string): Version | undefined {
  const [all, major, minor, patch, pre] = semverForm.exec(text) ?? [];
  if (all === undefined) return undefined;
  return { numbers: [major, minor, patch].map(Number), pre: pre === undefined ? [] : pre.split('.') };
}

/** Semantic Versioning 2.0.0 §11. */
function compareVersions(a: CelObject, b: CelObject): number {
  const [x, y] = [a.value as Version, b.value as Version];
  for (const [index, number] of x.numbers.entries()) {
    const difference = number - (y.numbers[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  if (x.pre.length === 0 || y.pre.length === 0) return Math.sign(y.pre.length - x.pre.length);
  for (const [index, part] of x.pre.entries()) {
    const other = y.pre[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    const [n, m] = [/^\d+$/.test(part), /^\d+$/.test(other)];
    if (n && m) return Math.sign(Number(part) - Number(other));
    if (n !== m) return n ? -1 : 1;
    return part < other ? -1 : 1;
  }
  return x.pre.length === y.pre.length ? 0 : -1;
}

/** Kubernetes' url and semver libraries. */
export const formats: FunctionTable = {
  'isURL(string): bool': (text: string) => parseURL(text) !== undefined,
  'url(string): url': (text: string) => {
    const url = parseURL(text);
    if (url === undefined) throw new CelError('URL parse error during conversion from string');
    return celObject('url', url);
  },
  'url.getScheme(): string': (url: CelObject) => urlOf(url).protocol.slice(0, -1),
  'url.getHost(): string': (url: CelObject) => urlOf(url).host,
  'url.getHostname(): string': (url: CelObject) => urlOf(url).hostname.replace(/^\[(.*)\]$/, '$1'),
  'url.getPort(): string': (url: CelObject) => urlOf(url).port,
  'url.getEscapedPath(): string': (url: CelObject) => urlOf(url).pathname,
  'url.getQuery(): map<string, list<string>>': queryOf,
  'isSemver(string): bool': (text: string) => parseSemver(text) !== undefined,
  'semver(string): semver': (text: string) => {
    const version = parseSemver(text);
    if (version === undefined) throw new CelError('semver parse error during conversion from string');
    return celObject('semver', version);
  },
  'semver.major(): int': ({ value }: CelObject) => BigInt((value as Version).numbers[0] ?? 0),
  'semver.minor(): int': ({ value }: CelObject) => BigInt((value as Version).numbers[1] ?? 0),
  'semver.patch(): int': ({ value }: CelObject) => BigInt((value as Version).numbers[2] ?? 0),
  'semver.isGreaterThan(semver): bool': (a: CelObject, b: CelObject) => compareVersions(a, b) > 0,
  'semver.isLessThan(semver): bool': (a: CelObject, b: CelObject) => compareVersions(a, b) < 0,
  'semver.compareTo(semver): int': (a: CelObject, b: CelObject) => BigInt(compareVersions(a, b)),
};
