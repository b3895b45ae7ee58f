import {
  type Finding,
  lint,
  type ObjectName,
  type Policy,
  type PolicyRule,
  type RoleRef,
  type Subject,
} from '../../rbac/index.ts';

/** How a part of the policy is kept up. */
export type SourceState =
  /** Files; `since`: when those that count were taken, in milliseconds since the epoch. Not up to date: later ones were refused. */
  | { readonly type: 'files'; readonly since: number; readonly upToDate: boolean }
  /** An API server's objects; `silentFor`: milliseconds since it last said anything of the kind that has been silent for longest. */
  | { readonly type: 'followed'; readonly silentFor: number }
  /** Changed in this process, and so never behind. */
  | { readonly type: 'own' };

/** Where a part of the policy comes from. */
export interface PolicySource {
  readonly name: string;
  readonly roles: number;
  readonly bindings: number;
  readonly state: SourceState;
}

/** A role with its rules (an aggregated one with those that were gathered), or a binding with its role and subjects. */
export type SurveyedObject = ObjectName &
  (
    | { readonly rules: readonly PolicyRule[] }
    | { readonly role: Pick<RoleRef, 'kind' | 'name'>; readonly subjects: readonly Subject[] }
  );

/** All of one cluster's policy, as the gateway decides by it. */
export interface PolicySurvey {
  sources(): readonly PolicySource[];
  /** By kind, namespace and name. */
  objects(): readonly SurveyedObject[];
  /** What lint has to say, the gravest first; undefined: the policy is too large to look through it between two requests. */
  findings(): readonly Finding[] | undefined;
}

export interface PolicySurveyDeps {
  readonly policy: Policy;
  /** The source `manifests`. */
  readonly files: { appliedAt(): number; upToDate(): boolean };
  /** Of the source `cluster`, in milliseconds; undefined: it is no API server's that is followed. */
  clusterAge(): number | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Roles and bindings. To look through so many takes about a tenth of a second, in which nothing else is decided. */
const MOST_LINTED = 5_000;

/** Milliseconds for which findings are shown again. */
const KEPT = 10_000;

export function createPolicySurvey({ policy, files, clusterAge, now }: PolicySurveyDeps): PolicySurvey {
  let last: { readonly at: number; readonly found: readonly Finding[] } | undefined;

  function objects(): SurveyedObject[] {
    const view = policy.view();
    const roles = [...view.roles()].map(({ source, kind, namespace, name, rules }) => {
      return { source, kind, namespace, name, rules };
    });
    const bindings = [...view.bindings()].map(({ source, namespace, object }) => {
      const { kind, metadata, roleRef: role, subjects } = object;
      return { source, kind, namespace, name: metadata.name ?? '', role, subjects: subjects ?? [] };
    });
    return [...roles, ...bindings].sort(byName);
  }

  function stateOf(source: string): SourceState {
    if (source === 'manifests')
      return { type: 'files', since: files.appliedAt(), upToDate: files.upToDate() };
    const silentFor = source === 'cluster' ? clusterAge() : undefined;
    return silentFor === undefined ? { type: 'own' } : { type: 'followed', silentFor };
  }

  return {
    objects,
    sources() {
      const counts = new Map<string, { roles: number; bindings: number }>();
      for (const object of objects()) {
        const count = counts.get(object.source) ?? { roles: 0, bindings: 0 };
        counts.set(object.source, count);
        count['rules' in object ? 'roles' : 'bindings'] += 1;
      }
      return [...counts].map(([name, count]) => ({ name, ...count, state: stateOf(name) }));
    },
    findings() {
      if (last !== undefined && now() - last.at < KEPT) return last.found;
      const total = objects().length;
      if (total > MOST_LINTED) return undefined;
      last = { at: now(), found: lint(policy) };
      return last.found;
    },
  };
}

function byName(a: ObjectName, b: ObjectName): number {
  const keys = ['kind', 'namespace', 'name', 'source'] as const;
  const differs = keys.find((key) => a[key] !== b[key]);
  if (differs === undefined) return 0;
  return a[differs] < b[differs] ? -1 : 1;
}
