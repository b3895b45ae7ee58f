import type { Permission } from '../covers.ts';
import { urlCovers } from '../rule.ts';
import { overlapOf, subresourceStar } from './permission-overlap.ts';

/** Single permissions, each once, and what they cover together: look-ups instead of comparing each with each. */
export interface PermissionSet {
  readonly permissions: readonly Permission[];
  /** Whether one of them covers the permission. */
  covers(wanted: Permission): boolean;
  /** Whether one of them covers the permission and more. */
  exceeds(wanted: Permission): boolean;
  /** What of the permission they cover, where they do not cover it all. */
  overlaps(wanted: Permission): Permission[];
}

export function createPermissionSet(all: Iterable<Permission>): PermissionSet {
  const byKey = new Map<string, Permission>();
  const urlsByVerb = new Map<string, Permission[]>();
  const byVerbAndResource = new Map<string, Permission[]>();
  for (const raw of all) {
    const permission = canonical(raw);
    const key = keyOf(permission);
    if (!byKey.has(key)) {
      byKey.set(key, permission);
      if (permission.nonResourceURL !== undefined) {
        push(urlsByVerb, permission.verb, permission);
      } else {
        push(byVerbAndResource, pairKey(permission.verb, permission.resource ?? ''), permission);
      }
    }
  }
  const permissions = [...byKey.values()];

  function coversBeside(wanted: Permission, own: string | undefined): boolean {
    const { nonResourceURL } = wanted;
    if (nonResourceURL === undefined) {
      return widerKeys(wanted).some((key) => key !== own && byKey.has(key));
    }
    return orStar(wanted.verb)
      .flatMap((verb) => urlsByVerb.get(verb) ?? [])
      .some((held) => urlCovers(held.nonResourceURL ?? '', nonResourceURL) && keyOf(held) !== own);
  }

  // Only wildcards have to be compared with everything.
  function candidates({ verb, resource = '', nonResourceURL }: Permission): readonly Permission[] {
    if (nonResourceURL !== undefined || verb === '*' || resource.startsWith('*')) {
      return permissions;
    }
    return orStar(verb).flatMap((heldVerb) =>
      widerResources(resource).flatMap((held) => byVerbAndResource.get(pairKey(heldVerb, held)) ?? []),
    );
  }

  return {
    permissions,
    covers: (wanted) => coversBeside(canonical(wanted), undefined),
    exceeds(wanted) {
      const permission = canonical(wanted);
      return coversBeside(permission, keyOf(permission));
    },
    overlaps: (wanted) => candidates(wanted).flatMap((held) => overlapOf(wanted, held) ?? []),
  };
}

/** Those that no other one covers, each once. */
export function widestOf(permissions: Iterable<Permission>): Permission[] {
  const set = createPermissionSet(permissions);
  return set.permissions.filter((permission) => !set.exceeds(permission));
}

/** `/a**` means what `/a*` means. */
function canonical(permission: Permission): Permission {
  const { nonResourceURL } = permission;
  return nonResourceURL?.endsWith('**')
    ? { ...permission, nonResourceURL: oneStar(nonResourceURL) }
    : permission;
}

function oneStar(url: string): string {
  let end = url.length;
  while (url[end - 2] === '*') {
    end--;
  }
  return url.slice(0, end);
}

function keyOf({ verb, apiGroup, resource, resourceName, nonResourceURL }: Permission): string {
  return JSON.stringify([verb, apiGroup, resource, resourceName, nonResourceURL]);
}

function pairKey(verb: string, resource: string): string {
  return `${verb.length}/${verb}/${resource}`;
}

/** The keys of all permissions that would cover this one, itself included. */
function widerKeys({ verb, apiGroup = '', resource = '', resourceName }: Permission): string[] {
  const names = resourceName === undefined ? [undefined] : [resourceName, undefined];
  return orStar(verb).flatMap((v) =>
    orStar(apiGroup).flatMap((g) =>
      widerResources(resource).flatMap((r) => names.map((n) => JSON.stringify([v, g, r, n, undefined]))),
    ),
  );
}

function widerResources(resource: string): string[] {
  const star = subresourceStar(resource);
  return star === undefined || star === resource ? orStar(resource) : [...orStar(resource), star];
}

function orStar(word: string): string[] {
  return word === '*' ? ['*'] : [word, '*'];
}

function push(index: Map<string, Permission[]>, key: string, permission: Permission): void {
  const held = index.get(key);
  if (held === undefined) {
    index.set(key, [permission]);
  } else {
    held.push(permission);
  }
}
