import type { Attributes } from '../src/kube/index.ts';
import { createPolicy, type Policy, type PolicyObject, type Subject } from '../src/rbac/index.ts';
import { explain } from '../src/rbac/questions/explain.ts';
import { pick, type Random, randomNumbers } from './random.ts';

export interface ExplainRow {
  readonly policy: string;
  readonly bindings: number;
  readonly denials: number;
  /** Milliseconds of one explanation. */
  readonly p50: number;
  readonly p99: number;
  /** The worst of all: what the bound of 5 ms is about. */
  readonly max: number;
}

const BINDINGS = 100_000;
const ROLES = 10_000;
const DENIALS = 1_000;
const ROUNDS = 5;
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const RESOURCES = Array.from({ length: 200 }, (_, index) => `resources${index}`);
const GROUPS = ['', 'apps', 'batch', 'networking.k8s.io'];

/** Policies that are large in one respect each, so that each way of looking for a near miss meets its worst. */
const POLICIES: Readonly<Record<string, (random: Random) => Iterable<PolicyObject>>> = {
  'as in life': function* (random) {
    yield* clusterRoles(random);
    for (let index = 0; index < BINDINGS; index++) {
      const subject =
        random(2) === 0 ? user(`user${random(BINDINGS / 10)}`) : group(`group${random(BINDINGS / 50)}`);
      yield binding(index, subject, `ns${random(2_000)}`, index % 10 === 0, random(ROLES));
    }
  },
  'the caller in 100 000 bindings elsewhere': function* (random) {
    yield* clusterRoles(random);
    for (let index = 0; index < BINDINGS; index++) {
      const subject = index % 2 === 0 ? group('group0') : group(`group${random(5)}`);
      yield binding(index, subject, `ns${2 + index}`, false, random(ROLES));
    }
  },
  'the caller in 10 000 roles here': function* (random) {
    yield* clusterRoles(random);
    for (let index = 0; index < BINDINGS; index++) {
      const subject = index < ROLES ? group('group0') : user(`user${random(BINDINGS)}`);
      yield binding(index, subject, 'ns0', index % 2 === 0, index % ROLES);
    }
  },
  '100 000 users, cluster-wide': function* (random) {
    yield* clusterRoles(random);
    for (let index = 0; index < BINDINGS; index++) {
      yield binding(index, user(`oidc:user${index}`), '', true, random(ROLES));
    }
  },
  '100 000 groups in one namespace': function* (random) {
    yield* clusterRoles(random);
    for (let index = 0; index < BINDINGS; index++) {
      yield binding(index, group(`Group${index}`), 'ns0', false, random(ROLES));
    }
  },
  'roleRefs that lead nowhere': function* (random) {
    yield* clusterRoles(random);
    for (let index = 0; index < BINDINGS; index++) {
      const subject = index < 1_000 ? group('group0') : user(`user${random(BINDINGS)}`);
      yield binding(index, subject, 'ns0', index % 10 === 0, ROLES + (index % ROLES));
    }
  },
  'a Role a binding': function* (random) {
    for (let index = 0; index < BINDINGS; index++) {
      const namespace = `ns${index % 2_000}`;
      const role = `role${index}`;
      yield { kind: 'Role', metadata: { namespace, name: role }, rules: rules(random) };
      yield {
        kind: 'RoleBinding',
        metadata: { namespace, name: `binding${index}` },
        subjects: [user(`user${random(BINDINGS / 10)}`), group(`group${random(20)}`)],
        roleRef: { kind: 'Role', name: role },
      };
    }
  },
  'roles of 500 rules': function* (random) {
    for (let index = 0; index < 500; index++) {
      const many = Array.from({ length: 100 }, () => rules(random)).flat();
      yield { kind: 'ClusterRole', metadata: { name: `role${index}` }, rules: many };
    }
    for (let index = 0; index < BINDINGS; index++) {
      const subject = index % 20 === 0 ? group(`group${random(50)}`) : user(`user${random(BINDINGS)}`);
      yield binding(index, subject, `ns${random(100)}`, index % 10 === 0, random(500));
    }
  },
  'rules of 5 000 names': function* (random) {
    for (let index = 0; index < 500; index++) {
      const resourceNames = Array.from({ length: 5_000 }, (_, number) => `name${index}-${number}`);
      const named = rules(random).map((rule) => ({ ...rule, resourceNames }));
      yield { kind: 'ClusterRole', metadata: { name: `role${index}` }, rules: named };
    }
    for (let index = 0; index < BINDINGS; index++) {
      const subject = index % 20 === 0 ? group(`group${random(50)}`) : user(`user${random(BINDINGS)}`);
      yield binding(index, subject, `ns${random(100)}`, index % 10 === 0, random(500));
    }
  },
};

/**
 * Explanations of random refusals after a warm-up: the time of each is its best of five, which leaves out other
 * processes' turns; the worst is the worst of all refusals. Throws if an explanation is empty.
 */
export function measureExplain(): ExplainRow[] {
  return Object.entries(POLICIES).map(([name, objects]) => {
    const random = randomNumbers(name.length);
    const policy = createPolicy();
    let bindings = 0;
    for (const object of objects(random)) {
      policy.put('cluster', object);
      bindings += object.kind.endsWith('Binding') ? 1 : 0;
    }
    return { policy: name, bindings, ...measure(policy, random) };
  });
}

function measure(policy: Policy, random: Random) {
  const refused: Attributes[] = [];
  while (refused.length < DENIALS) {
    const request = makeRequest(random);
    if (policy.authorize(request).decision !== 'allow') refused.push(request);
  }
  for (const request of refused.slice(0, DENIALS / 5)) explain(policy, request);
  // Rounds over all of them, so that one long pause can't meet the same refusal five times.
  const times = refused.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    refused.forEach((request, index) => {
      times[index] = Math.min(times[index] ?? 0, timeOf(policy, request));
    });
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(part * times.length))] ?? 0;
  return { denials: times.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

function timeOf(policy: Policy, request: Attributes): number {
  // What is to be explained was decided before.
  policy.authorize(request);
  const start = performance.now();
  const { nearMisses } = explain(policy, request);
  const time = performance.now() - start;
  if (nearMisses.length === 0) throw new Error(`nothing explains ${JSON.stringify(request)}`);
  return time;
}

function makeRequest(random: Random): Attributes {
  const asker = random(BINDINGS / 10);
  const isResourceRequest = random(10) > 0;
  return {
    user: {
      username: pick([`user${asker}`, `User${asker}`, `https://issuer#user${asker}`], random),
      groups: ['group0', ...Array.from({ length: 5 }, () => `group${random(2_000)}`), 'system:authenticated'],
    },
    verb: pick(VERBS, random),
    isResourceRequest,
    path: isResourceRequest ? '' : `/${pick(RESOURCES, random)}`,
    apiGroup: isResourceRequest ? pick(GROUPS, random) : '',
    apiVersion: 'v1',
    // Now and then a resource that no rule has: then nothing ends the search early.
    resource: isResourceRequest ? pick([...RESOURCES, 'nothing', 'nothing', 'pods'], random) : '',
    subresource: isResourceRequest && random(4) === 0 ? 'status' : '',
    namespace: isResourceRequest && random(5) > 0 ? `ns${random(3)}` : '',
    name: pick(['a', 'b', 'c', ''], random),
  };
}

function clusterRoles(random: Random): PolicyObject[] {
  return Array.from({ length: ROLES }, (_, index) => ({
    kind: 'ClusterRole' as const,
    metadata: { name: `role${index}` },
    rules: rules(random),
  }));
}

function rules(random: Random) {
  return Array.from({ length: 5 }, () => ({
    verbs: [pick(VERBS, random), pick(VERBS, random), pick(VERBS, random)],
    apiGroups: [pick(GROUPS, random)],
    resources: [pick(RESOURCES, random), pick(RESOURCES, random)],
    ...(random(5) === 0 ? { resourceNames: ['a', 'b'] } : {}),
  }));
}

function binding(
  index: number,
  subject: Subject,
  namespace: string,
  isClusterWide: boolean,
  role: number,
): PolicyObject {
  const name = `binding${index}`;
  const roleRef = { kind: 'ClusterRole', name: `role${role}` };
  const subjects = [subject];
  return isClusterWide
    ? { kind: 'ClusterRoleBinding', metadata: { name }, subjects, roleRef }
    : { kind: 'RoleBinding', metadata: { name, namespace }, subjects, roleRef };
}

function user(name: string): Subject {
  return { kind: 'User', name };
}

function group(name: string): Subject {
  return { kind: 'Group', name };
}

/** The rows as they are printed. */
export function explainTable(rows: readonly ExplainRow[]) {
  return rows.map(({ p50, p99, max, ...row }) => ({
    ...row,
    'p50 ms': p50.toFixed(3),
    'p99 ms': p99.toFixed(3),
    'max ms': max.toFixed(3),
  }));
}

if (import.meta.main) console.table(explainTable(measureExplain()));
