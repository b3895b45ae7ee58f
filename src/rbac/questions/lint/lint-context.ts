import { type AggregationRole, aggregationRole } from '../../aggregation.ts';
import type { CompiledBinding, CompiledSubject } from '../../binding.ts';
import type { ObjectMeta, Subject } from '../../model.ts';
import { objectKey } from '../../object-key.ts';
import type { PolicyView, RoleDefinition } from '../../policy-view.ts';
import type { CompiledRole } from '../../role-slot.ts';
import { type CompiledRule, compileRule } from '../../rule.ts';
import type { ObjectName } from '../grant.ts';
import { createClosestNames } from './closest-name.ts';
import {
  defaultClusterRole,
  defaultClusterRoleNames,
  isDefaultSubject,
  isKubernetesOwn,
} from './default-objects.ts';
import { findHeavySubjects, type HeavySubject } from './heavy-subjects.ts';
import type { LintOptions, RoleName } from './lint-options.ts';

export interface LintedRole {
  readonly object: ObjectName;
  readonly metadata: ObjectMeta;
  /** Empty for an aggregated role: its rules are reported where they are written. */
  readonly rules: readonly CompiledRule[];
  readonly aggregated: boolean;
  readonly bindings: readonly CompiledBinding[];
  /** `namespace` when nothing grants the role beyond a namespace: a Role, or a ClusterRole of RoleBindings only. */
  readonly reach: 'cluster' | 'namespace';
}

export interface LintedSubject {
  readonly index: number;
  readonly subject: Subject;
}

export interface LintedBinding {
  readonly object: ObjectName;
  readonly metadata: ObjectMeta;
  readonly binding: CompiledBinding;
  /** Without those that Kubernetes itself put there. */
  readonly subjects: readonly LintedSubject[];
  /** undefined when the roleRef leads nowhere. */
  readonly role: CompiledRole | undefined;
}

export interface LintContext {
  readonly options: LintOptions;
  readonly roles: readonly LintedRole[];
  readonly bindings: readonly LintedBinding[];
  /** Names of the roles that a roleRef of this kind can mean in this namespace; Kubernetes' own included. */
  roleNames(kind: string, namespace: string): ReadonlySet<string>;
  readonly known: KnownNames;
  /** ` Did you mean "…"?`, or ''. `among` says what the candidates are. */
  hint(wanted: string, among: string, candidates: ReadonlySet<string>): string;
  /** Whether some aggregated ClusterRole gathers a ClusterRole with this metadata. */
  isGathered(metadata: ObjectMeta): boolean;
  /** Subjects with more roles than they should have, by the binding to report them on. */
  readonly heavySubjects: ReadonlyMap<CompiledBinding, readonly HeavySubject[]>;
}

/** What the options list, to be looked up. */
export interface KnownNames {
  readonly groups: ReadonlySet<string> | undefined;
  readonly serviceAccounts: ReadonlySet<string> | undefined;
  /** By objectKey. */
  readonly usedRoles: ReadonlySet<string> | undefined;
}

/** Gathers once what the rules look up. Linear in the policy. */
export function createLintContext(view: PolicyView, options: LintOptions): LintContext {
  const bindingsByRole = new Map<string, CompiledBinding[]>();
  for (const [{ kind, namespace, name }, bindings] of view.slots()) {
    const key = objectKey(kind, namespace, name);
    bindingsByRole.set(key, [...(bindingsByRole.get(key) ?? []), ...bindings]);
  }
  const definitions = [...view.roles()];
  const gatherers = definitions.flatMap(({ object }) => {
    const aggregation = object.kind === 'ClusterRole' ? aggregationRole(object) : undefined;
    return aggregation?.gathers === undefined ? [] : [aggregation];
  });
  const names = namesByPlace(definitions);
  const closest = createClosestNames();
  return {
    options,
    roles: definitions.flatMap((role) => lintedRole(role, bindingsByRole)),
    bindings: [...view.bindings()].flatMap(lintedBinding),
    roleNames: (kind, namespace) => names.get(place(kind, namespace)) ?? NO_NAMES,
    known: knownNames(options),
    hint(wanted, among, candidates) {
      const name = closest(wanted, among, candidates);
      return name === undefined ? '' : ` Did you mean ${JSON.stringify(name)}?`;
    },
    isGathered: ({ labels }) => gatherers.some((role) => gathers(role, labels ?? {})),
    heavySubjects: findHeavySubjects(view, options.maxRoles ?? 10),
  };
}

const NO_NAMES: ReadonlySet<string> = new Set();

function knownNames({ knownGroups, knownServiceAccounts, usedRoles }: LintOptions): KnownNames {
  const keyOf = ({ kind, namespace, name }: RoleName) => objectKey(kind, namespace, name);
  return {
    groups: knownGroups && new Set(knownGroups),
    serviceAccounts: knownServiceAccounts && new Set(knownServiceAccounts),
    usedRoles: usedRoles && new Set(usedRoles.map(keyOf)),
  };
}

function gathers(role: AggregationRole, labels: AggregationRole['labels']): boolean {
  return role.gathers?.some((matches) => matches(labels)) ?? false;
}

function place(kind: string, namespace: string): string {
  return kind === 'Role' ? `Role/${namespace}` : kind;
}

function namesByPlace(definitions: readonly RoleDefinition[]): Map<string, Set<string>> {
  const names = new Map([['ClusterRole', new Set(defaultClusterRoleNames())]]);
  for (const { kind, namespace, name } of definitions) {
    const key = place(kind, namespace);
    names.set(key, (names.get(key) ?? new Set()).add(name));
  }
  return names;
}

function lintedRole(
  { source, kind, namespace, name, rules, object }: RoleDefinition,
  bindingsByRole: ReadonlyMap<string, readonly CompiledBinding[]>,
): LintedRole[] {
  const { metadata } = object;
  if (isKubernetesOwn(kind, namespace, name, metadata)) {
    return [];
  }
  const aggregated = object.kind === 'ClusterRole' && (object.aggregationRule ?? null) !== null;
  const bindings = bindingsByRole.get(objectKey(kind, namespace, name)) ?? [];
  const confined = bindings.length > 0 && bindings.every((binding) => binding.object.kind === 'RoleBinding');
  return [
    {
      object: { kind, namespace, name, source },
      metadata,
      rules: aggregated ? [] : rules.map(compileRule),
      aggregated,
      bindings,
      reach: kind === 'Role' || confined ? 'namespace' : 'cluster',
    },
  ];
}

function lintedBinding(binding: CompiledBinding): LintedBinding[] {
  const { object, namespace, source, slot } = binding;
  const { kind, metadata } = object;
  const { name = '' } = metadata;
  const all = (object.subjects ?? []).map((subject, index) => ({ subject, index }));
  const own = isKubernetesOwn(kind, namespace, name, metadata);
  const subjects = own ? all.filter(({ subject }) => !isDefaultSubject(name, subject)) : all;
  if (own && subjects.length === 0) {
    return [];
  }
  const role = slot.role ?? (slot.kind === 'ClusterRole' ? defaultClusterRole(slot.name) : undefined);
  return [{ object: { kind, namespace, name, source }, metadata, binding, subjects, role }];
}

/** Where the binding names the user or group: `subjects[2]`; undefined when it does not. */
export function subjectField(
  { subjects, object }: CompiledBinding,
  type: CompiledSubject['type'],
  name: string,
): string | undefined {
  const compiled = subjects.find((subject) => subject.type === type && subject.name === name);
  return compiled && `subjects[${(object.subjects ?? []).indexOf(compiled.subject)}]`;
}
