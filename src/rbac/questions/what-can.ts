import type { CompiledBinding } from '../binding.ts';
import { SUPERUSER_GROUP } from '../callers.ts';
import type { Policy } from '../policy.ts';
import type { PolicyView } from '../policy-view.ts';
import { type CompiledRule, compileRule } from '../rule.ts';
import type { Grant, ObjectName } from './grant.ts';
import { createGrantMaker } from './grant-maker.ts';
import { EVERYWHERE, type Principal, reachOf, textOrder } from './principal.ts';
import { TooManyRightsError } from './too-many-rights-error.ts';
import { orderedVerbs } from './verb-order.ts';

export interface WhatCanSubject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  /** Of a ServiceAccount; without it nobody is meant. */
  readonly namespace?: string | undefined;
  /** Groups whose rights count, too. */
  readonly groups?: readonly string[] | undefined;
}

export interface WhatCanOptions {
  /** Counts the groups that Kubernetes adds to every authenticated user, and to every service account. */
  readonly authenticated?: boolean | undefined;
  /** Only what holds everywhere and in this namespace ('' for everywhere alone); left out for all namespaces. */
  readonly namespace?: string | undefined;
}

export interface WhatCan {
  /** A member of system:masters may do everything, whatever the rows say. */
  readonly superuser: boolean;
  /** By namespace, API group, resource and names. */
  readonly rows: readonly ResourceRow[];
  readonly paths: readonly PathRow[];
  /** The subject's bindings to roles that do not exist. */
  readonly dangling: readonly ObjectName[];
}

export interface ResourceRow {
  /** `*` for everywhere. */
  readonly namespace: string;
  readonly apiGroup: string;
  /** As rules write it: `pods`, `pods/log`, `*`, or `*` and a subresource. */
  readonly resource: string;
  /** Empty for every name. */
  readonly resourceNames: readonly string[];
  /** In kubectl's order; `*` stands alone. */
  readonly verbs: readonly string[];
  readonly grants: readonly Grant[];
}

export interface PathRow {
  readonly path: string;
  readonly verbs: readonly string[];
  readonly grants: readonly Grant[];
}

type Target = Pick<ResourceRow, 'namespace' | 'apiGroup' | 'resource' | 'resourceNames'>;
interface Row<T> {
  readonly target: T;
  readonly verbs: Set<string>;
  readonly grants: Grant[];
}

const MAX_ROWS = 200_000;

/**
 * Everything that bindings allow the subject, merged into one row for each place and resource. Rights for certain
 * names have rows of their own.
 * @throws TooManyRightsError when the answer has more than 200 000 rows; ask for one namespace then
 */
export function whatCan(policy: Policy, subject: WhatCanSubject, options: WhatCanOptions = {}): WhatCan {
  const view = policy.view();
  const grants = createGrantMaker(view);
  const principals = principalsOf(subject, options.authenticated ?? false);
  const resources = new Map<string, Row<Target>>();
  const paths = new Map<string, Row<string>>();
  const dangling: ObjectName[] = [];

  function addRule(namespace: string, rule: CompiledRule, grant: Grant): void {
    for (const target of targetsOf(namespace, rule)) {
      addTo(resources, JSON.stringify(Object.values(target)), target, rule, grant);
      if (resources.size > MAX_ROWS) {
        throw new TooManyRightsError(`more than ${MAX_ROWS} rows: ask for the rights in one namespace`);
      }
    }
    // Paths have no namespace: a RoleBinding cannot grant them.
    for (const path of namespace === EVERYWHERE ? new Set(rule.nonResourceURLs) : []) {
      addTo(paths, path, path, rule, grant);
    }
  }

  for (const binding of bindingsOf(view, principals)) {
    const reach = reachOf(binding);
    if (reach === undefined || !(reach === EVERYWHERE || reach === (options.namespace ?? reach))) {
      continue;
    }
    if (binding.slot.role === undefined) {
      dangling.push(grants.bindingName(binding));
    }
    const named = binding.subjects.find((candidate) => principals.some((who) => isSame(who, candidate)));
    for (const [index, rule] of (binding.slot.role?.rules ?? []).entries()) {
      const grant = named && grants.grant(binding, named, index);
      const compiled = compileRule(rule);
      if (grant !== undefined && compiled.verbs.length > 0) {
        addRule(reach, compiled, grant);
      }
    }
  }
  return {
    superuser: principals.some(({ type, name }) => type === 'group' && name === SUPERUSER_GROUP),
    rows: [...resources.values()].map((row) => ({ ...row.target, ...finished(row) })).sort(rowOrder),
    paths: [...paths.values()]
      .map((row) => ({ path: row.target, ...finished(row) }))
      .sort((a, b) => textOrder(a.path, b.path)),
    dangling,
  };
}

/** The subject itself first, then the groups whose rights count. */
function principalsOf(subject: WhatCanSubject, authenticated: boolean): Principal[] {
  const { kind, name, namespace = '', groups = [] } = subject;
  const counted = [...groups, ...(authenticated ? ['system:authenticated'] : [])];
  const group = (of: string): Principal => ({ type: 'group', name: of });
  if (kind === 'Group') {
    return [name, ...counted].map(group);
  }
  if (kind === 'User') {
    return [{ type: 'user', name }, ...counted.map(group)];
  }
  if (namespace === '') {
    return counted.map(group);
  }
  const accounts = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const account: Principal = { type: 'user', name: `system:serviceaccount:${namespace}:${name}` };
  return [account, ...[...counted, ...(authenticated ? accounts : [])].map(group)];
}

function bindingsOf(view: PolicyView, principals: readonly Principal[]): Set<CompiledBinding> {
  return new Set(principals.flatMap(({ type, name }) => [...view.bindingsNaming(type, name)]));
}

function isSame(a: Principal, b: Principal): boolean {
  return a.type === b.type && a.name === b.name;
}

function* targetsOf(namespace: string, rule: CompiledRule): Generator<Target> {
  const resourceNames = [...new Set(rule.resourceNames)].sort(textOrder);
  for (const apiGroup of new Set(rule.apiGroups)) {
    for (const resource of new Set(rule.resources)) {
      yield { namespace, apiGroup, resource, resourceNames };
    }
  }
}

function addTo<T>(
  rows: Map<string, Row<T>>,
  key: string,
  target: T,
  { verbs }: CompiledRule,
  grant: Grant,
): void {
  const row = rows.get(key) ?? { target, verbs: new Set(), grants: [] };
  rows.set(key, row);
  for (const verb of verbs) {
    row.verbs.add(verb);
  }
  row.grants.push(grant);
}

function finished({ verbs, grants }: Row<unknown>) {
  return { verbs: orderedVerbs(verbs), grants };
}

function rowOrder(a: ResourceRow, b: ResourceRow): number {
  return (
    textOrder(a.namespace, b.namespace) ||
    textOrder(a.apiGroup, b.apiGroup) ||
    textOrder(a.resource, b.resource) ||
    textOrder(a.resourceNames.join(' '), b.resourceNames.join(' '))
  );
}
