import { execFileSync } from 'node:child_process';
import type { Attributes } from '../src/kube/index.ts';
import {
  type ClusterRole,
  createPolicy,
  type Policy,
  type PolicyObject,
  RBAC_GROUP,
} from '../src/rbac/index.ts';
import { median } from './median.ts';
import { pick, type Random, randomNumbers } from './random.ts';

/** All objects taken in, and the heap that this took after a garbage collection, without the objects themselves. */
export interface CompileRow {
  readonly what: string;
  readonly milliseconds: number;
  readonly megabytes: number;
}

/** One change and then one decision on the full policy, milliseconds. */
export interface ChangeRow {
  readonly change: string;
  readonly median: number;
  readonly p99: number;
}

const BINDINGS = 100_000;
const ROLES = 10_000;
/** Aggregated ClusterRoles, each gathering from 1/20 of every tenth role. */
const AGGREGATES = 20;
const NAMESPACES = 2_000;
const ROUNDS = 5;
const CHANGES = 400;
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const RESOURCES = Array.from({ length: 200 }, (_, index) => `resources${index}`);

/**
 * A policy of 100 000 bindings and 10 000 ClusterRoles: what it takes to compile it, beside a plain Map that only keeps
 * the objects, and what one change takes. Each round is a process of its own.
 */
export function measureCompile(): { readonly compile: CompileRow[]; readonly changes: ChangeRow[] } {
  const policies = Array.from({ length: ROUNDS }, () => run<CompileRow & { changes: ChangeRow[] }>('policy'));
  const maps = Array.from({ length: ROUNDS }, () => run<CompileRow>('map'));
  const changes = (policies[0]?.changes ?? []).map(({ change }, index) => ({
    change,
    median: median(policies.map((round) => round.changes[index]?.median ?? Number.NaN)),
    p99: median(policies.map((round) => round.changes[index]?.p99 ?? Number.NaN)),
  }));
  return {
    compile: [middle('compiled policy', policies), middle('plain Map of the objects', maps)],
    changes,
  };
}

function run<T>(subject: 'policy' | 'map'): T {
  const args = ['--expose-gc', import.meta.filename, subject];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as T;
}

function middle(what: string, rows: readonly CompileRow[]): CompileRow {
  return {
    what,
    milliseconds: median(rows.map(({ milliseconds }) => milliseconds)),
    megabytes: median(rows.map(({ megabytes }) => megabytes)),
  };
}

function compileAll(objects: readonly PolicyObject[]) {
  let policy: Policy | undefined;
  const size = measure(() => {
    policy = createPolicy();
    for (const object of objects) policy.put('cluster', object);
    policy.authorize(requestOf(0));
  });
  return { ...size, changes: policy === undefined ? [] : measureChanges(policy) };
}

const kept: unknown[] = [];

function keepAll(objects: readonly PolicyObject[]) {
  return measure(() => {
    const map = new Map<string, PolicyObject>();
    for (const object of objects) {
      map.set(`${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`, object);
    }
    kept.push(map);
  });
}

function measure(work: () => void) {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  work();
  const milliseconds = performance.now() - start;
  globalThis.gc?.();
  return { milliseconds, megabytes: (process.memoryUsage().heapUsed - before) / 1e6 };
}

function measureChanges(policy: Policy): ChangeRow[] {
  const random = randomNumbers(7);
  const put = (object: PolicyObject) => policy.put('cluster', object);
  const plain = () => ROLES / 10 + random(ROLES / 10);
  return [
    changeRow('RoleBinding put', policy, (index) => put(bindingOf(10 * index + 1, random))),
    changeRow('RoleBinding removed', policy, (index) => {
      const { metadata } = bindingOf(10 * index + 1, random);
      policy.remove('cluster', 'RoleBinding', metadata.namespace ?? '', metadata.name ?? '');
    }),
    changeRow('ClusterRoleBinding put', policy, (index) => put(bindingOf(10 * index, random))),
    changeRow('ClusterRole put', policy, () => put(roleOf(plain(), random))),
    changeRow('ClusterRole put that others gather', policy, (index) => put(roleOf(10 * index, random))),
    changeRow('aggregated ClusterRole put', policy, (index) => put(aggregateOf(index % AGGREGATES))),
  ];
}

/** Every fifth caller holds an aggregated role cluster-wide, so that the gathering is measured too. */
function changeRow(change: string, policy: Policy, apply: (index: number) => void): ChangeRow {
  const times = Array.from({ length: CHANGES }, (_, index) => {
    const start = performance.now();
    apply(index);
    policy.authorize(requestOf(index));
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return { change, median: median(times), p99: times[Math.floor(0.99 * CHANGES)] ?? Number.NaN };
}

/** As an API server sends them: every text a string of its own, all defaults filled in. */
function makeObjects(): PolicyObject[] {
  const random = randomNumbers(1);
  const objects = [
    ...Array.from({ length: ROLES - AGGREGATES }, (_, index) => roleOf(index, random)),
    ...Array.from({ length: AGGREGATES }, (_, index) => aggregateOf(index)),
    ...Array.from({ length: BINDINGS }, (_, index) => bindingOf(index, random)),
  ];
  return JSON.parse(JSON.stringify(objects)) as PolicyObject[];
}

function roleOf(index: number, random: Random): ClusterRole {
  const labels =
    index % 10 === 0 ? { [`gather-${(index / 10) % AGGREGATES}`]: 'true' } : { app: `a${index}` };
  return {
    kind: 'ClusterRole',
    metadata: { name: `role${index}`, labels },
    rules: Array.from({ length: 3 }, () => ({
      verbs: [pick(VERBS, random), pick(VERBS, random)],
      apiGroups: [pick(['', 'apps', 'batch'], random)],
      resources: [pick(RESOURCES, random), pick(RESOURCES, random)],
    })),
  };
}

function aggregateOf(index: number): ClusterRole {
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { [`gather-${index}`]: 'true' } }] };
  return { kind: 'ClusterRole', metadata: { name: `gathers${index}` }, rules: [], aggregationRule };
}

/** Index and object belong together but for the role. */
function bindingOf(index: number, random: Random): PolicyObject {
  const isClusterWide = index % 10 === 0;
  const role =
    isClusterWide && index % 50 === 0 ? `gathers${random(AGGREGATES)}` : `role${random(ROLES - 20)}`;
  const subject =
    index % 2 === 0
      ? { kind: 'User', apiGroup: RBAC_GROUP, name: `user${index % (BINDINGS / 10)}` }
      : { kind: 'Group', apiGroup: RBAC_GROUP, name: `group${index % (BINDINGS / 50)}` };
  const common = {
    subjects: [subject],
    roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: role },
  };
  const name = `binding${index}`;
  return isClusterWide
    ? { kind: 'ClusterRoleBinding', metadata: { name }, ...common }
    : { kind: 'RoleBinding', metadata: { name, namespace: `ns${index % NAMESPACES}` }, ...common };
}

function requestOf(index: number): Attributes {
  const groups = [0, 1, 2, 3, 4].map((number) => `group${(index + 7 * number) % (BINDINGS / 50)}`);
  return {
    user: { username: `user${10 * index}`, groups },
    verb: 'get',
    isResourceRequest: true,
    path: '',
    apiGroup: '',
    apiVersion: 'v1',
    resource: 'resources1',
    subresource: '',
    namespace: `ns${index % NAMESPACES}`,
    name: '',
  };
}

/** The rows as they are printed. */
export function compileTables({ compile, changes }: ReturnType<typeof measureCompile>) {
  return {
    compile: compile.map(({ what, milliseconds, megabytes }) => ({
      what,
      ms: Math.round(milliseconds),
      MB: Math.round(megabytes),
    })),
    changes: changes.map(({ change, median: middleTime, p99 }) => ({
      change,
      'median ms': middleTime.toFixed(3),
      'p99 ms': p99.toFixed(3),
      '÷ compile': (middleTime / (compile[0]?.milliseconds ?? Number.NaN)).toFixed(6),
    })),
  };
}

if (import.meta.main) {
  const [subject] = process.argv.slice(2);
  if (subject === undefined) {
    const tables = compileTables(measureCompile());
    console.table(tables.compile);
    console.table(tables.changes);
  } else {
    const objects = makeObjects();
    console.log(JSON.stringify(subject === 'policy' ? compileAll(objects) : keepAll(objects)));
  }
}
