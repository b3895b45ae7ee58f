import { createMongoAbility, type MongoAbility, subject as ofType } from '@casl/ability';
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { newCachedEnforcer, newEnforcer, newModelFromString } from 'casbin';
import type { Attributes, UserInfo } from '../src/kube/index.ts';
import { createPolicy, type PolicyObject } from '../src/rbac/index.ts';
import { median } from './median.ts';
import { pick, randomNumbers } from './random.ts';

export interface EngineRow {
  readonly engine: string;
  readonly bindings: number;
  /** Microseconds a decision, median of the rounds. */
  readonly micros: number;
  /** How many times ours it takes. */
  readonly ratio: number;
}

const SIZES = [10, 1_000, 10_000];
const ROUNDS = 5;
/** What a round of one engine may take, milliseconds: the slow ones answer fewer requests, but at least 16. */
const ROUND_TIME = 100;
/** The same for the comparison of the answers, which warms up, too. */
const COMPARE_TIME = 2_000;
const FEWEST = 16;
const CALLERS = 64;
const REQUESTS = 512;
const ROLES = 20;
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const RESOURCES = Array.from({ length: 12 }, (_, index) => `resources${index}`);

/** What all engines can express: a role allows pairs of verb and resource, and somebody holds it in one namespace. */
interface PlainPolicy {
  readonly roles: ReadonlyMap<string, readonly Permission[]>;
  readonly bindings: readonly PlainBinding[];
}

interface Permission {
  readonly verb: string;
  readonly resource: string;
}

interface PlainBinding {
  readonly namespace: string;
  readonly kind: 'User' | 'Group';
  readonly name: string;
  readonly role: string;
}

/** Makes ready what an application would keep ready for a request, and returns what it does for each. */
type Engine = (policy: PlainPolicy, requests: readonly Attributes[]) => Promise<Decide>;
type Decide = (request: Attributes) => boolean | Promise<boolean>;

const ENGINES: Readonly<Record<string, Engine>> = {
  Sallyport: async (policy) => {
    const own = createPolicy();
    own.replaceSource('bench', policyObjects(policy));
    return (request) => own.authorize(request).decision === 'allow';
  },
  '@casl/ability': async (policy, requests) => {
    const abilities = new Map(requests.map(({ user }) => [user, abilityOf(policy, user)]));
    return ({ user, verb, resource, namespace }) =>
      abilities.get(user)?.can(verb, ofType(resource, { namespace })) ?? false;
  },
  casbin: async (policy, requests) => {
    const enforcer = await newEnforcer(newModelFromString(CASBIN_MODEL));
    await fillCasbin(enforcer, policy, requests);
    return ({ user, verb, resource, namespace }) =>
      enforcer.enforceSync(`User ${user.username}`, namespace, resource, verb);
  },
  'casbin, CachedEnforcer': async (policy, requests) => {
    const enforcer = await newCachedEnforcer(newModelFromString(CASBIN_MODEL));
    await fillCasbin(enforcer, policy, requests);
    return ({ user, verb, resource, namespace }) =>
      enforcer.enforce(`User ${user.username}`, namespace, resource, verb);
  },
  '@cedar-policy/cedar-wasm': async (policy) => {
    const id = String(policy.bindings.length);
    const staticPolicies = policy.bindings.map((binding) => cedarPolicy(policy, binding)).join('\n');
    const answer = preparsePolicySet(id, { staticPolicies });
    if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
    return (request) => askCedar(id, request);
  },
};

/**
 * One policy and the same requests in other policy engines: 20 roles of 10 permissions, held by users and groups in
 * namespaces; 64 callers with 3 groups ask 512 things, about half of which are allowed. Nothing here has wildcards,
 * names, or cluster-wide bindings, which not all can express. Throws if they ever disagree.
 */
export async function measureEngines(): Promise<EngineRow[]> {
  const rows: EngineRow[] = [];
  for (const bindings of SIZES) {
    const policy = makePolicy(bindings);
    const requests = makeRequests(policy);
    const expected: boolean[] = [];
    const times = new Map<string, number>();
    for (const [name, engine] of Object.entries(ENGINES)) {
      const decide = await engine(policy, requests);
      times.set(name, await measure(name, decide, requests, expected));
    }
    const own = times.get('Sallyport') ?? Number.NaN;
    for (const [engine, micros] of times) rows.push({ engine, bindings, micros, ratio: micros / own });
  }
  return rows;
}

/** @param expected what the first engine said; filled in by it */
async function measure(
  name: string,
  decide: Decide,
  requests: readonly Attributes[],
  expected: boolean[],
): Promise<number> {
  const start = performance.now();
  for (const [index, request] of requests.entries()) {
    if (index >= FEWEST && performance.now() - start > COMPARE_TIME) break;
    const allowed = await decide(request);
    expected[index] ??= allowed;
    if (allowed !== expected[index]) {
      throw new Error(`${name} says ${allowed} to ${JSON.stringify(request)}`);
    }
  }
  // The first round warms up.
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) rounds.push(await timeOf(decide, requests));
  return median(rounds.slice(1)) * 1_000;
}

/** Milliseconds a decision. */
async function timeOf(decide: Decide, requests: readonly Attributes[]): Promise<number> {
  const start = performance.now();
  let time = 0;
  let done = 0;
  while (time < ROUND_TIME) {
    for (let index = 0; index < FEWEST; index++) {
      const request = requests[done++ % requests.length];
      const answer = request !== undefined && decide(request);
      if (typeof answer !== 'boolean') await answer;
    }
    time = performance.now() - start;
  }
  return time / done;
}

function policyObjects({ roles, bindings }: PlainPolicy): PolicyObject[] {
  const clusterRoles = [...roles].map(
    ([name, permissions]): PolicyObject => ({
      kind: 'ClusterRole',
      metadata: { name },
      rules: permissions.map(({ verb, resource }) => ({
        verbs: [verb],
        apiGroups: [''],
        resources: [resource],
      })),
    }),
  );
  const roleBindings = bindings.map(
    ({ namespace, kind, name, role }, index): PolicyObject => ({
      kind: 'RoleBinding',
      metadata: { namespace, name: `binding${index}` },
      subjects: [{ kind, name }],
      roleRef: { kind: 'ClusterRole', name: role },
    }),
  );
  return [...clusterRoles, ...roleBindings];
}

function isHeldBy({ kind, name }: PlainBinding, { username, groups }: UserInfo): boolean {
  return kind === 'User' ? name === username : groups.includes(name);
}

/** An ability is one caller's: it is made when he signs in, and kept. */
function abilityOf({ roles, bindings }: PlainPolicy, user: UserInfo): MongoAbility {
  const held = bindings.filter((binding) => isHeldBy(binding, user));
  return createMongoAbility(
    held.flatMap(({ role, namespace }) =>
      (roles.get(role) ?? []).map(({ verb, resource }) => ({
        action: verb,
        subject: resource,
        conditions: { namespace },
      })),
    ),
  );
}

/** RBAC with domains: namespaces are the domains, groups are roles that hold roles. */
const CASBIN_MODEL = `
[request_definition]
r = sub, dom, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && r.act == p.act && g(r.sub, p.sub, r.dom)
`;

async function fillCasbin(
  enforcer: Awaited<ReturnType<typeof newEnforcer>>,
  { roles, bindings }: PlainPolicy,
  requests: readonly Attributes[],
): Promise<void> {
  const permissions = [...roles].flatMap(([role, list]) =>
    list.map(({ verb, resource }) => [role, resource, verb]),
  );
  const held = bindings.map(({ kind, name, role, namespace }) => [`${kind} ${name}`, role, namespace]);
  // A caller is in his groups in every domain where they hold something.
  const members = [...new Set(requests.map(({ user }) => user))].flatMap((user) =>
    bindings
      .filter((binding) => binding.kind === 'Group' && isHeldBy(binding, user))
      .map(({ name, namespace }) => [`User ${user.username}`, `Group ${name}`, namespace]),
  );
  await enforcer.addPolicies(distinct(permissions));
  await enforcer.addGroupingPolicies(distinct([...held, ...members]));
}

function distinct(lines: readonly string[][]): string[][] {
  return [...new Map(lines.map((line) => [line.join('\n'), line])).values()];
}

function cedarPolicy({ roles }: PlainPolicy, { kind, name, role, namespace }: PlainBinding): string {
  const who = kind === 'User' ? `principal == User::"${name}"` : `principal in Group::"${name}"`;
  const actions = (roles.get(role) ?? []).map(({ verb, resource }) => `Action::"${verb} ${resource}"`);
  return `permit(${who}, action in [${actions.join(', ')}], resource in Namespace::"${namespace}");`;
}

function askCedar(preparsedPolicySetId: string, { user, verb, resource, namespace }: Attributes): boolean {
  const principal = { type: 'User', id: user.username };
  const object = { type: 'Resource', id: `${namespace}/${resource}` };
  const answer = statefulIsAuthorized({
    principal,
    action: { type: 'Action', id: `${verb} ${resource}` },
    resource: object,
    context: {},
    preparsedPolicySetId,
    entities: [
      { uid: principal, attrs: {}, parents: user.groups.map((id) => ({ type: 'Group', id })) },
      { uid: object, attrs: {}, parents: [{ type: 'Namespace', id: namespace }] },
    ],
  });
  if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
  return answer.response.decision === 'allow';
}

function population(bindings: number) {
  return {
    users: Math.max(CALLERS, Math.round(bindings / 10)),
    groups: Math.max(6, Math.round(bindings / 50)),
    namespaces: Math.max(2, Math.round(bindings / 50)),
  };
}

function makePolicy(count: number): PlainPolicy {
  const random = randomNumbers(count);
  const { users, groups, namespaces } = population(count);
  const permission = () => ({ verb: pick(VERBS, random), resource: pick(RESOURCES, random) });
  const names = Array.from({ length: ROLES }, (_, index) => `role${index}`);
  const roles = new Map(names.map((name) => [name, Array.from({ length: 10 }, permission)]));
  const bindings = Array.from({ length: count }, (_, index): PlainBinding => {
    const isUser = index % 2 === 0;
    return {
      namespace: `ns${random(namespaces)}`,
      kind: isUser ? 'User' : 'Group',
      name: isUser ? `user${random(users)}` : `group${random(groups)}`,
      role: pick(names, random),
    };
  });
  return { roles, bindings };
}

function makeRequests({ roles, bindings }: PlainPolicy): Attributes[] {
  const random = randomNumbers(bindings.length + 1);
  const { users, groups, namespaces } = population(bindings.length);
  const callers = Array.from({ length: CALLERS }, (_, index) => ({
    username: `user${Math.floor((index * users) / CALLERS)}`,
    groups: Array.from({ length: 3 }, () => `group${random(groups)}`),
  }));
  const held = callers.flatMap((user) =>
    bindings.filter((binding) => isHeldBy(binding, user)).map((binding) => ({ user, ...binding })),
  );
  const common = {
    isResourceRequest: true,
    path: '',
    apiGroup: '',
    apiVersion: 'v1',
    subresource: '',
    name: '',
  };
  return Array.from({ length: REQUESTS }, (_, index) => {
    if (index % 2 === 0) {
      const { user, role, namespace } = pick(held, random);
      return { ...common, ...pick(roles.get(role) ?? [], random), user, namespace };
    }
    const namespace = `ns${random(namespaces)}`;
    const asked = { verb: pick(VERBS, random), resource: pick(RESOURCES, random) };
    return { ...common, ...asked, user: pick(callers, random), namespace };
  });
}

/** The rows as they are printed. */
export function enginesTable(rows: readonly EngineRow[]) {
  return rows.map(({ engine, bindings, micros, ratio }) => ({
    engine,
    bindings,
    'µs a decision': micros.toFixed(2),
    '× Sallyport': Math.round(ratio),
  }));
}

if (import.meta.main) console.table(enginesTable(await measureEngines()));
