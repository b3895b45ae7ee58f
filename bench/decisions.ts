import type { Attributes, UserInfo } from '../src/kube/index.ts';
import {
  type ClusterRole,
  createPolicy,
  type Policy,
  type PolicyObject,
  type Subject,
} from '../src/rbac/index.ts';
import { createLinearEvaluator, type LinearEvaluator } from '../test/rbac/linear-evaluator.ts';
import { median } from './median.ts';
import { pick, type Random, randomNumbers } from './random.ts';

/** Nanoseconds a decision, medians of the rounds. */
export interface DecisionsRow {
  readonly bindings: number;
  readonly outcome: 'allow' | 'deny';
  /** The caller has asked this before; the UserInfo is the same object for all that a caller asks. */
  readonly warm: number;
  /** As many times as `warm` with 10 bindings. */
  readonly growth: number;
  /** The same, with a UserInfo of its own for each request. */
  readonly ownUser: number;
  /** The first time that it is asked after a change of the policy. */
  readonly first: number;
  /** The linear evaluator, Kubernetes' own way. */
  readonly linear: number;
}

const SIZES = [10, 1_000, 100_000];
const ROUNDS = 15;
const REPEATS = 20;
const CALLERS = 256;
const REQUESTS = 1_024;
const ROLES = 50;
const RULES = 5;
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const RESOURCES = Array.from({ length: 60 }, (_, index) => `resource${index}`);
const GROUPS = ['', 'apps', 'batch', 'networking.k8s.io'];

/** One size of policy and one outcome: what is asked, and who answers. */
interface Series {
  readonly bindings: number;
  readonly outcome: 'allow' | 'deny';
  readonly policy: Policy;
  readonly linear: LinearEvaluator;
  readonly requests: readonly Attributes[];
  readonly ownUser: readonly Attributes[];
}

/**
 * Decisions on policies of 10, 1 000 and 100 000 bindings (50 roles of 5 rules, a fifth of these with resourceNames; a
 * tenth of the bindings cluster-wide), those that allow and those that do not apart. Asked are 1 024 different requests
 * of each by 256 callers with 5 groups, whatever the size. Rounds go through all sizes in turn, so that a busy machine
 * disturbs all alike. Throws if index and linear evaluator ever disagree.
 */
export function measureDecisions(): DecisionsRow[] {
  const series = SIZES.flatMap(prepare);
  series.forEach(compare);
  const rounds = Array.from({ length: ROUNDS + 1 }, () => series.map(measure));
  const rows = series.map(({ bindings, outcome }, index) => {
    // The first round warms up.
    const middle = (key: keyof ReturnType<typeof measure>) =>
      median(rounds.slice(1).map((round) => round[index]?.[key] ?? Number.NaN));
    return {
      bindings,
      outcome,
      warm: middle('warm'),
      ownUser: middle('ownUser'),
      first: middle('first'),
      linear: middle('linear'),
    };
  });
  return rows.map((row) => {
    const smallest = rows.find(({ outcome }) => outcome === row.outcome);
    return { ...row, growth: row.warm / (smallest?.warm ?? Number.NaN) };
  });
}

function prepare(bindings: number): Series[] {
  const random = randomNumbers(bindings);
  const objects = [...roles(random), ...makeBindings(bindings, random)];
  const policy = createPolicy();
  policy.replaceSource('cluster', objects);
  const linear = createLinearEvaluator(objects);
  const callers = makeCallers(bindings, random);
  return (['allow', 'deny'] as const).map((outcome) => {
    const requests: Attributes[] = [];
    while (requests.length < REQUESTS) {
      const request = makeRequest(bindings, callers, random);
      if ((policy.authorize(request).decision === 'allow') === (outcome === 'allow')) requests.push(request);
    }
    return { bindings, outcome, policy, linear, requests, ownUser: requests.map(withOwnUser) };
  });
}

function compare({ bindings, policy, linear, requests }: Series): void {
  for (const request of few(bindings, requests)) {
    if ((policy.authorize(request).decision === 'allow') !== linear.decide(request)) {
      throw new Error(`index and linear evaluator disagree on ${JSON.stringify(request)}`);
    }
  }
}

function measure({ bindings, outcome, policy, linear, requests, ownUser }: Series) {
  const index = (request: Attributes) => policy.authorize(request).decision === 'allow';
  const time = (asked: readonly Attributes[], repeats: number, decide: (request: Attributes) => boolean) =>
    timeOf(asked, repeats, outcome, decide);
  // Any change will do: after it nobody is known.
  policy.remove('cluster', 'ClusterRole', '', 'none');
  const first = time(requests, 1, index);
  return {
    first,
    warm: time(requests, REPEATS, index),
    ownUser: time(ownUser, REPEATS, index),
    linear: time(few(bindings, requests), 1, linear.decide),
  };
}

function timeOf(
  requests: readonly Attributes[],
  repeats: number,
  outcome: 'allow' | 'deny',
  decide: (request: Attributes) => boolean,
): number {
  let allowed = 0;
  const start = process.hrtime.bigint();
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const request of requests) {
      allowed += decide(request) ? 1 : 0;
    }
  }
  const time = Number(process.hrtime.bigint() - start);
  if (allowed !== (outcome === 'allow' ? repeats * requests.length : 0)) {
    throw new Error(`expected that all requests end in ${outcome}`);
  }
  return time / (repeats * requests.length);
}

/** One decision of the linear evaluator takes half a millisecond at 100 000 bindings: it is asked less. */
function few(bindings: number, requests: readonly Attributes[]): readonly Attributes[] {
  return requests.slice(0, Math.max(64, Math.min(REQUESTS, Math.round(4_000_000 / bindings))));
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
  return {
    users: Math.max(CALLERS, Math.round(bindings / 10)),
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

function makeCallers(bindings: number, random: Random): UserInfo[] {
  const { users, groups } = population(bindings);
  return Array.from({ length: CALLERS }, (_, index) => ({
    username: `user${Math.floor((index * users) / CALLERS)}`,
    groups: Array.from({ length: 5 }, () => `group${random(groups)}`),
  }));
}

function makeRequest(bindings: number, callers: readonly UserInfo[], random: Random): Attributes {
  return {
    user: pick(callers, random),
    verb: pick(VERBS, random),
    isResourceRequest: true,
    path: '',
    apiGroup: pick(GROUPS, random),
    apiVersion: 'v1',
    resource: pick(RESOURCES, random),
    subresource: '',
    namespace: `ns${random(population(bindings).namespaces)}`,
    name: pick(['a', 'b', 'c', ''], random),
  };
}

/** The request with all its texts made anew, as if it had just been read. */
function withOwnUser(request: Attributes): Attributes {
  return JSON.parse(JSON.stringify(request)) as Attributes;
}

/** The rows as they are printed. */
export function decisionsTable(rows: readonly DecisionsRow[]) {
  const micros = (nanoseconds: number) => (nanoseconds / 1_000).toFixed(2);
  return rows.map(({ bindings, outcome, warm, growth, ownUser, first, linear }) => ({
    bindings,
    outcome,
    'warm µs': micros(warm),
    '× 10 bindings': growth.toFixed(2),
    'own UserInfo µs': micros(ownUser),
    'first µs': micros(first),
    'linear µs': micros(linear),
    'warm ÷ linear': (warm / linear).toFixed(4),
  }));
}

if (import.meta.main) console.table(decisionsTable(measureDecisions()));
