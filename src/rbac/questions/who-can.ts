import type { CompiledBinding, CompiledSubject } from '../binding.ts';
import type { Subject } from '../model.ts';
import type { Policy } from '../policy.ts';
import type { CompiledRole } from '../role-slot.ts';
import {
  allowsName,
  allowsPath,
  allowsResource,
  allowsVerb,
  type CompiledRule,
  compileRule,
} from '../rule.ts';
import type { Grant } from './grant.ts';
import { createGrantMaker } from './grant-maker.ts';
import { EVERYWHERE, principalKey, reachOf, subjectOf, subjectOrder, textOrder } from './principal.ts';

export interface ResourceQuery {
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly subresource?: string | undefined;
  /** A namespace; '' for the cluster scope; left out or '*' for everywhere that somebody can. */
  readonly namespace?: string | undefined;
  /** Left out or '' for a request without a name: rules with resourceNames do not allow it. */
  readonly name?: string | undefined;
}

export interface PathQuery {
  readonly verb: string;
  readonly path: string;
}

export interface WhoCan {
  /** In order of kind, namespace and name. */
  readonly subjects: readonly AllowedSubject[];
  /** Members of system:masters always can; they are among `subjects` only if a binding names the group. */
  readonly superusers: true;
}

export interface AllowedSubject {
  readonly subject: Subject;
  /** Where in the asked place: `*` alone for everywhere, else the namespaces. */
  readonly namespaces: readonly string[];
  readonly grants: readonly Grant[];
}

/**
 * Every subject that bindings allow the request, with all the rules that do. Words are taken as a request would have
 * them: the verb or resource `*` asks who may do anything at all.
 */
export function whoCan(policy: Policy, query: ResourceQuery | PathQuery): WhoCan {
  const view = policy.view();
  const grants = createGrantMaker(view);
  const allows = ruleTest(query);
  const found = new Map<string, { subject: Subject; namespaces: Set<string>; grants: Grant[] }>();

  function add(binding: CompiledBinding, subject: CompiledSubject, reach: string, rules: readonly number[]) {
    const key = principalKey(subject);
    const entry = found.get(key) ?? { subject: subjectOf(subject), namespaces: new Set(), grants: [] };
    found.set(key, entry);
    entry.namespaces.add(reach);
    entry.grants.push(...rules.flatMap((index) => grants.grant(binding, subject, index) ?? []));
  }

  for (const [slot, bindings] of view.slots()) {
    const rules = allowingRules(slot.role, allows);
    for (const binding of rules.length === 0 ? [] : bindings) {
      const reach = reachOf(binding);
      if (reach !== undefined && reaches(reach, query)) {
        for (const subject of distinct(binding.subjects)) {
          add(binding, subject, reach, rules);
        }
      }
    }
  }
  const subjects = [...found.values()].map((entry) => ({
    subject: entry.subject,
    namespaces: entry.namespaces.has(EVERYWHERE) ? [EVERYWHERE] : [...entry.namespaces].sort(textOrder),
    grants: entry.grants.sort(grantOrder),
  }));
  return { subjects: subjects.sort((a, b) => subjectOrder(a.subject, b.subject)), superusers: true };
}

function ruleTest(query: ResourceQuery | PathQuery): (rule: CompiledRule) => boolean {
  if (!('resource' in query)) {
    return (rule) => allowsVerb(rule, query.verb) && allowsPath(rule, query.path);
  }
  const { verb, apiGroup, resource, subresource = '', name = '' } = query;
  return (rule) =>
    allowsVerb(rule, verb) && allowsResource(rule, apiGroup, resource, subresource) && allowsName(rule, name);
}

function allowingRules(role: CompiledRole | undefined, allows: (rule: CompiledRule) => boolean): number[] {
  // The compiled rules first: most roles have nothing to do with the question.
  if (role === undefined || !(role.resourceRules.some(allows) || role.urlRules.some(allows))) {
    return [];
  }
  return role.rules.flatMap((rule, index) => (allows(compileRule(rule)) ? [index] : []));
}

function reaches(reach: string, query: ResourceQuery | PathQuery): boolean {
  if (reach === EVERYWHERE) {
    return true;
  }
  const asked = 'resource' in query ? (query.namespace ?? EVERYWHERE) : '';
  return asked === EVERYWHERE || asked === reach;
}

/** A binding may name somebody twice; the first time counts. */
function distinct(subjects: readonly CompiledSubject[]): Iterable<CompiledSubject> {
  if (subjects.length < 2) {
    return subjects;
  }
  const first = new Map<string, CompiledSubject>();
  for (const subject of subjects) {
    const key = principalKey(subject);
    first.set(key, first.get(key) ?? subject);
  }
  return first.values();
}

/** Cluster-wide bindings first, then by namespace, name and rule. */
function grantOrder(a: Grant, b: Grant): number {
  return (
    textOrder(a.binding.namespace, b.binding.namespace) ||
    textOrder(a.binding.name, b.binding.name) ||
    a.ruleIndex - b.ruleIndex
  );
}
