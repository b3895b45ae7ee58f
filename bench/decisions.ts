import type { Attributes } from '../src/kube/index.ts';
import { type ClusterRole, createPolicy, type PolicyObject, type Subject } from '../src/rbac/index.ts';
import { createLinearEvaluator } from '../test/rbac/linear-evaluator.ts';
import { median } from './median.ts';

export interface DecisionsRow {
  readonly bindings: number;
  /** Nanoseconds a decision, median of the rounds. */
  readonly indexNs: number;
  readonly linearNs: number;
  /** How many times the linear evaluator's time the index takes. */
  readonly ratio: number;
}

const SIZES = [10, 1_000, 100_000];
const ROUNDS = 7;
const ROLES = 50;
const RULES = 5;
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const RESOURCES = Array.from({ length: 60 }, (_, index) => `resource${index}`);
const GROUPS = ['', 'apps', 'batch', 'networking.k8s.io'];

/**
 * Decisions by the index and by a linear evaluator (Kubernetes' own way: all ClusterRoleBindings, then the namespace's
 * RoleBindings) on the same requests in the same run: 50 roles of 5 rules, callers with 5 groups, a tenth of the
 * bindings cluster-wide. Throws if the two ever disagree.
 */
export function measureDecisions(): DecisionsRow[] {
  return SIZES.map(measure);
}

function measure(bindings: number): DecisionsRow {
  const random = randomNumbers(bindings);
  const objects = [...roles(random), ...makeBindings(bindings, random)];
  const policy = createPolicy();
  for (const object of objects) {
    policy.put('cluster', object);
  }
  const linear = createLinearEvaluator(objects);
  const requests = makeRequests(bindings, random);
  // The linear evaluator sees fewer requests at 100 000 bindings: one of its decisions takes a millisecond there.
  const few = requests.slice(0, Math.max(64, Math.min(2_048, Math.round(4_000_000 / bindings))));
  for (const request of few) {
    if ((policy.authorize(request).decision === 'allow') !== linear.decide(request)) {
      throw new Error(`index and linear evaluator disagree on ${JSON.stringify(request)}`);
    }
  }
  const indexNs = timeOf(requests, 50, (request) => policy.authorize(request).decision === 'allow');
  const linearNs = timeOf(few, 1, (request) => linear.decide(request));
  return { bindings, indexNs, linearNs, ratio: indexNs / linearNs };
}

function timeOf(
  requests: readonly Attributes[],
  repeats: number,
  decide: (request: Attributes) => boolean,
): number {
  const rounds: number[] = [];
  let allowed = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const request of requests) {
        allowed += decide(request) ? 1 : 0;
      }
    }
    rounds.push(Number(process.hrtime.bigint() - start) / (repeats * requests.length));
  }
  if (allowed === 0) {
    throw new Error('nothing was allowed: the measurement would say nothing');
  }
  // The first round warms up.
  return median(rounds.slice(1));
}

type Random = (below: number) => number;

/** Numbers that are the same in every run (mulberry32). */
function randomNumbers(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function pick<T>(list: readonly [T, ...T[]] | readonly T[], random: Random): T {
  const item = list[random(list.length)];
  if (item === undefined) {
    throw new Error('nothing to pick from');
  }
  return item;
}

function roles(random: Random): ClusterRole[] {
  return Array.from({ length: ROLES }, (_, index) => ({
    kind: 'ClusterRole' as const,
    metadata: { name: `role${index}` },
    rules: Array.from({ length: RULES }, () => ({
      verbs: [pick(VERBS, random), pick(VERBS, random), pick(VERBS, random)],
      apiGroups: [pick(GROUPS, random)],
      resources: [pick(RESOURCES, random), pick(RESOURCES, random)],
      ...(random(5) === 0 ? { resourceNames: ['a', 'b'] } : {}),
    })),
  }));
}

// As many users and namespaces as such a number of bindings would have in life; groups are fewer and hold more.
function population(bindings: number) {
  const users = Math.max(4, Math.round(bindings / 10));
  return {
    users,
    groups: Math.max(6, Math.round(bindings / 50)),
    namespaces: Math.max(2, Math.round(bindings / 50)),
  };
}

function makeBindings(count: number, random: Random): PolicyObject[] {
  const { users, groups, namespaces } = population(count);
  return Array.from({ length: count }, (_, index): PolicyObject => {
    const name = `binding${index}`;
    const subject: Subject =
      random(2) === 0
        ? { kind: 'User', name: `user${random(users)}` }
        : { kind: 'Group', name: `group${random(groups)}` };
    const roleRef = { kind: 'ClusterRole', name: `role${random(ROLES)}` };
    return index % 10 === 0
      ? { kind: 'ClusterRoleBinding', metadata: { name }, subjects: [subject], roleRef }
      : {
          kind: 'RoleBinding',
          metadata: { name, namespace: `ns${random(namespaces)}` },
          subjects: [subject],
          roleRef,
        };
  });
}

function makeRequests(bindings: number, random: Random): Attributes[] {
  const { users, groups, namespaces } = population(bindings);
  return Array.from({ length: 2_048 }, () => ({
    user: {
      username: `user${random(users)}`,
      groups: Array.from({ length: 5 }, () => `group${random(groups)}`),
    },
    verb: pick(VERBS, random),
    isResourceRequest: true,
    path: '',
    apiGroup: pick(GROUPS, random),
    apiVersion: 'v1',
    resource: pick(RESOURCES, random),
    subresource: '',
    namespace: `ns${random(namespaces)}`,
    name: pick(['a', 'b', 'c', ''], random),
  }));
}

if (import.meta.main) {
  console.table(
    measureDecisions().map(({ bindings, indexNs, linearNs, ratio }) => ({
      bindings,
      'index ns': Math.round(indexNs),
      'linear ns': Math.round(linearNs),
      'index / linear': ratio.toFixed(4),
    })),
  );
}
