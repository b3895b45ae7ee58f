import type { CompiledSubject } from '../../binding.ts';

/** In what two names differ that may mean the same: case, an issuer's prefix, the namespace, the kind of subject. */
export type Likeness = 'case' | 'prefix' | 'namespace' | 'kind';

const SEPARATORS = ':#/|';

/** The last part of a name in lower case, without prefixes such as `oidc:` and `https://issuer#`. */
export function baseOf(name: string): string {
  let separator = -1;
  for (const candidate of SEPARATORS) separator = Math.max(separator, name.lastIndexOf(candidate));
  return name.slice(separator + 1).toLowerCase();
}

/** How another name of the same type is like an own one; undefined when it is equal or simply another. */
export function likenessOf(type: CompiledSubject['type'], own: string, other: string): Likeness | undefined {
  if (own === other) return undefined;
  if (type === 'user') {
    const [ownAccount, otherAccount] = [serviceAccountOf(own), serviceAccountOf(other)];
    if (ownAccount !== undefined && otherAccount !== undefined) {
      return ownAccount.name === otherAccount.name ? 'namespace' : undefined;
    }
    if (ownAccount !== undefined) return isNamedAs(other, ownAccount) ? 'kind' : undefined;
    if (otherAccount !== undefined) return isNamedAs(own, otherAccount) ? 'kind' : undefined;
  }
  const [a, b] = [own.toLowerCase(), other.toLowerCase()];
  if (a === b) return 'case';
  if (a.startsWith('system:') || b.startsWith('system:')) return undefined;
  return isPrefixed(a, b) || isPrefixed(b, a) || haveIssuers(a, b) ? 'prefix' : undefined;
}

export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

/** The service account that the user name stands for. Source: apiserver serviceaccount.SplitUsername. */
export function serviceAccountOf(username: string): ServiceAccountName | undefined {
  const [system, kind, namespace, name, ...more] = username.split(':', 5);
  return system === 'system' && kind === 'serviceaccount' && namespace && name && more.length === 0
    ? { namespace, name }
    : undefined;
}

function isNamedAs(user: string, { namespace, name }: ServiceAccountName): boolean {
  return user === name || user === `${namespace}:${name}` || user === `${namespace}/${name}`;
}

function isPrefixed(long: string, short: string): boolean {
  const separator = long[long.length - short.length - 1];
  return short !== '' && separator !== undefined && SEPARATORS.includes(separator) && long.endsWith(short);
}

// kube-apiserver's default prefix for other issuers than its own is the issuer's URL and `#`.
function haveIssuers(a: string, b: string): boolean {
  const [inA, inB] = [a.lastIndexOf('#'), b.lastIndexOf('#')];
  return inA >= 0 && inB >= 0 && a.slice(inA) === b.slice(inB) && inA < a.length - 1;
}
