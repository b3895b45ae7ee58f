import type { Decision, UserInfo } from '../kube/index.ts';
import type { Grant } from './binding.ts';
import { aggregateErrors } from './resolved-rules.ts';
import { missingRoleReason } from './role-slot.ts';
import type { CompiledRule } from './rule.ts';
import { type Holding, holdingsOf, type SubjectIndex } from './subject-index.ts';

/** Somebody who has asked since the policy last changed. */
export interface Caller {
  readonly username: string;
  readonly groups: readonly string[];
  readonly isSuperuser: boolean;
  /** What the ClusterRoleBindings give. */
  readonly everywhere: Reach;
  /** What counts in a namespace, for those that have been asked about. */
  readonly namespaces: Map<string, Reach>;
}

/** What a caller holds in one place. */
export interface Reach {
  /** One grant a role, cluster-wide before the namespace's. */
  readonly grants: readonly Grant[];
  /** Those whose role has rules for URLs. */
  readonly urlGrants: readonly Grant[];
  /** The answer when nothing allows; it names the roleRefs that lead nowhere. */
  readonly refusal: Decision;
  /** Answers already given, by shape of request. */
  readonly answers: Map<number, Answer>;
}

/** The answer to all requests of one shape. */
export interface Answer {
  /** The rules that allow certain names only: to be tried first. */
  readonly named: readonly NamedAnswer[];
  readonly otherwise: Decision;
}

export interface NamedAnswer {
  readonly rule: CompiledRule;
  readonly decision: Decision;
}

/**
 * Remembers callers and what they were told, so that a question asked before costs the same whatever the policy's size
 * and however much the caller holds.
 */
export interface Callers {
  of(user: UserInfo): Caller;
  reach(caller: Caller, namespace: string): Reach;
  remember(reach: Reach, shape: number, answer: Answer): void;
  /** To be called at every change of the policy. */
  forget(): void;
}

export const SUPERUSER_GROUP = 'system:masters';
const NO_OPINION: Decision = { decision: 'noOpinion', reason: '' };

// Roughly, in bytes. When it is used up all is forgotten: asking much can make others slower, but nothing fills memory.
const MEMORY = 64 << 20;
const CALLER_COST = 1_000;
const REACH_COST = 400;
const ANSWER_COST = 100;
const GRANT_COST = 16;
const NAMED_COST = 40;

export function createCallers(subjects: SubjectIndex, memory = MEMORY): Callers {
  // Most user names come with one list of groups. Two steps, so that these need no key made of all the groups.
  const latest = new Map<string, Caller>();
  const callers = new Map<string, Caller>();
  let used = 0;

  function forget(): void {
    if (callers.size > 0) {
      latest.clear();
      callers.clear();
      used = 0;
    }
  }

  function use(bytes: number): void {
    used += bytes;
    if (used > memory) {
      forget();
    }
  }

  function find(user: UserInfo): Caller {
    const key = `${user.username}\n${user.groups.join('\n')}`;
    const known = callers.get(key);
    const caller = known !== undefined && isFor(known, user) ? known : meet(user, key);
    latest.set(user.username, caller);
    return caller;
  }

  function meet({ username, groups }: UserInfo, key: string): Caller {
    const everywhere = reachOf(grantsOf([], holdingsOf(subjects.clusterWide, { username, groups })));
    const caller: Caller = {
      username,
      groups: [...groups],
      isSuperuser: groups.includes(SUPERUSER_GROUP),
      everywhere,
      namespaces: new Map(),
    };
    use(CALLER_COST + 4 * key.length + GRANT_COST * everywhere.grants.length);
    callers.set(key, caller);
    return caller;
  }

  function enter(caller: Caller, namespace: string): Reach {
    const scope = namespace === '' ? undefined : subjects.namespaces.get(namespace);
    // An invented namespace is not remembered: there is no end of them.
    if (scope === undefined) {
      return caller.everywhere;
    }
    const holdings = holdingsOf(scope, caller);
    const { everywhere } = caller;
    const reach = holdings.length === 0 ? everywhere : reachOf(grantsOf(everywhere.grants, holdings));
    use(REACH_COST + (reach === everywhere ? 0 : GRANT_COST * reach.grants.length));
    caller.namespaces.set(namespace, reach);
    return reach;
  }

  return {
    of(user) {
      const caller = latest.get(user.username);
      return caller !== undefined && isFor(caller, user) ? caller : find(user);
    },
    reach: (caller, namespace) => caller.namespaces.get(namespace) ?? enter(caller, namespace),
    remember(reach, shape, answer) {
      use(ANSWER_COST + NAMED_COST * answer.named.length);
      reach.answers.set(shape, answer);
    },
    forget,
  };
}

/** Compares by value: a list of groups that was changed in place must not keep what it had. */
function isFor(caller: Caller, { username, groups }: UserInfo): boolean {
  if (caller.username !== username || caller.groups.length !== groups.length) {
    return false;
  }
  for (let index = 0; index < groups.length; index++) {
    if (caller.groups[index] !== groups[index]) {
      return false;
    }
  }
  return true;
}

/** The grants, and one for each further role of the holdings. */
function grantsOf(grants: readonly Grant[], holdings: readonly Holding[]): Grant[] {
  const all = [...grants];
  const slots = new Set(grants.map(({ binding }) => binding.slot));
  for (const { roles } of holdings) {
    for (const { first } of roles) {
      if (!slots.has(first.binding.slot)) {
        slots.add(first.binding.slot);
        all.push(first);
      }
    }
  }
  return all;
}

function reachOf(grants: readonly Grant[]): Reach {
  const slots = grants.map(({ binding }) => binding.slot);
  const missing = slots.filter(({ role }) => role === undefined).map(missingRoleReason);
  return {
    grants,
    urlGrants: grants.filter(({ binding }) => (binding.slot.role?.urlRules.length ?? 0) > 0),
    refusal:
      missing.length === 0
        ? NO_OPINION
        : { decision: 'noOpinion', reason: `RBAC: ${aggregateErrors(missing)}` },
    answers: new Map(),
  };
}
