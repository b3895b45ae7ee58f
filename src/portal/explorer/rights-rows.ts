import type { AccessExplorer } from '../../gateway/index.ts';
import { resourceAttributes, type UserInfo } from '../../kube/index.ts';
import type { ResourceRow, WhatCan } from '../../rbac/index.ts';

/** A line of the matrix: one kind of object in one place. */
export interface RightsRow {
  /** `*` for everywhere. */
  readonly namespace: string;
  readonly apiGroup: string;
  /** As rules write it: `pods`, `pods/log`, `*`. */
  readonly resource: string;
  /** Empty for every name. */
  readonly names: readonly string[];
  /** Verbs that a rule has beside the usual ones. */
  readonly furtherVerbs: readonly string[];
}

export const USUAL_VERBS = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
] as const;

/** What people look for first in a namespace, and miss when it is not there. */
const EVERYDAY: readonly (readonly [apiGroup: string, resource: string])[] = [
  ['', 'configmaps'],
  ['', 'pods'],
  ['', 'pods/exec'],
  ['', 'pods/log'],
  ['', 'secrets'],
  ['', 'services'],
  ['apps', 'deployments'],
  ['batch', 'jobs'],
  ['networking.k8s.io', 'ingresses'],
  ['rbac.authorization.k8s.io', 'rolebindings'],
];

/** One right, by where it may be looked up. */
export interface Cell {
  readonly verb: string;
  readonly allowed: boolean;
}

/**
 * The lines of the matrix: what some rule speaks of, and in one namespace also what people look for.
 * @param filter a part of the resource's name
 */
export function rightsRows({ rows }: WhatCan, namespace: string | undefined, filter: string): RightsRow[] {
  const spoken = rows.map(toRow);
  const known = new Set(spoken.map(keyOf));
  const missed =
    namespace === undefined || namespace === ''
      ? []
      : EVERYDAY.map(([apiGroup, resource]) => ({
          namespace,
          apiGroup,
          resource,
          names: [],
          furtherVerbs: [],
        }));
  return [...spoken, ...missed.filter((row) => !known.has(keyOf(row)))].filter((row) =>
    resourceText(row).includes(filter),
  );
}

function toRow({ namespace, apiGroup, resource, resourceNames, verbs }: ResourceRow): RightsRow {
  const usual: readonly string[] = USUAL_VERBS;
  const furtherVerbs = verbs.filter((verb) => verb !== '*' && !usual.includes(verb));
  return { namespace, apiGroup, resource, names: resourceNames, furtherVerbs };
}

function keyOf({ namespace, apiGroup, resource, names }: RightsRow): string {
  return JSON.stringify([namespace, apiGroup, resource, names]);
}

/** `deployments.apps`, `pods/log`, `*` */
export function resourceText({ apiGroup, resource }: Pick<RightsRow, 'apiGroup' | 'resource'>): string {
  if (apiGroup === '') return resource;
  const [of = '', subresource] = resource.split('/');
  return subresource === undefined ? `${of}.${apiGroup}` : `${of}.${apiGroup}/${subresource}`;
}

/** Each of the row's verbs, decided as a request would be: another rule may allow what this one does not. */
export function cellsOf(explorer: AccessExplorer, user: UserInfo, row: RightsRow): readonly Cell[] {
  const [resource = '', subresource = ''] = row.resource.split('/');
  const names = row.names.length === 0 ? [''] : row.names;
  return [...USUAL_VERBS, ...row.furtherVerbs].map((verb) => ({
    verb,
    allowed: names.every((name) =>
      explorer.allows(
        resourceAttributes({
          user,
          verb,
          apiGroup: row.apiGroup,
          apiVersion: '*',
          resource,
          subresource,
          namespace: row.namespace === '*' ? '' : row.namespace,
          name,
        }),
      ),
    ),
  }));
}
