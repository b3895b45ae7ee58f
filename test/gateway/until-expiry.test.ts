import { beforeEach, describe, expect, it } from 'vitest';
import { type ExpiringPolicy, untilExpiry } from '../../src/gateway/index.ts';
import { createPolicy, defaultPolicyObjects, type PolicyObject } from '../../src/rbac/index.ts';

const START = Date.parse('2026-11-25T12:00:00Z');

let now: number;
let timers: { at: number; callback: () => void }[];
let policy: ExpiringPolicy;

beforeEach(() => {
  now = START;
  timers = [];
  policy = untilExpiry(createPolicy(), {
    now: () => now,
    schedule(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
  });
  for (const object of defaultPolicyObjects()) policy.put('defaults', object);
});

/** Lets time pass, timer by timer. */
function pass(ms: number): void {
  const end = now + ms;
  for (;;) {
    const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
    if (next === undefined) break;
    timers = timers.filter((one) => one !== next);
    now = next.at;
    next.callback();
  }
  now = end;
}

function binding(expires: string | undefined, name = 'for-a-while'): PolicyObject {
  return {
    kind: 'RoleBinding',
    metadata: {
      namespace: 'team-a',
      name,
      ...(expires === undefined ? {} : { annotations: { 'sallyport.dev/expires-at': expires } }),
    },
    subjects: [{ kind: 'User', name: 'amy', apiGroup: 'rbac.authorization.k8s.io' }],
    roleRef: { kind: 'ClusterRole', name: 'view', apiGroup: 'rbac.authorization.k8s.io' },
  };
}

function mayList(): boolean {
  const { decision } = policy.authorize({
    user: { username: 'amy', groups: [] },
    verb: 'list',
    isResourceRequest: true,
    path: '',
    apiGroup: '',
    apiVersion: 'v1',
    resource: 'pods',
    subresource: '',
    namespace: 'team-a',
    name: '',
  });
  return decision === 'allow';
}

const IN_TWO_HOURS = '2026-11-25T14:00:00Z';

describe('a binding with an end', () => {
  it('counts until then, and not a moment longer', () => {
    policy.put('cluster', binding(IN_TWO_HOURS));
    pass(2 * 3_600_000 - 1);
    expect(mayList()).toBe(true);
    pass(1);
    expect(mayList()).toBe(false);
    expect(timers).toEqual([]);
  });

  it.each(['2026-11-25T12:00:00Z', '2001-01-01T00:00:00Z', 'tomorrow', '', '2026-11-25', '99999999999'])(
    'does not count at all with the end %j',
    (expires) => {
      policy.put('cluster', binding(undefined));
      policy.put('cluster', binding(expires));
      expect(mayList()).toBe(false);
    },
  );

  it('counts by its newest end', () => {
    policy.put('cluster', binding('2026-11-25T13:00:00Z'));
    policy.put('cluster', binding(IN_TWO_HOURS));
    pass(3_600_000);
    expect(mayList()).toBe(true);
    policy.put('cluster', binding(undefined));
    pass(10 * 3_600_000);
    expect(mayList()).toBe(true);
  });

  it('leaves another one alone that has its name afterwards', () => {
    policy.put('cluster', binding(IN_TWO_HOURS));
    policy.remove('cluster', 'RoleBinding', 'team-a', 'for-a-while');
    expect(timers).toEqual([]);
    policy.put('cluster', binding(undefined));
    pass(3 * 3_600_000);
    expect(mayList()).toBe(true);
  });

  it('ends in manifests, too, which may be wrong as a whole', () => {
    policy.replaceSource('manifests', [binding(IN_TWO_HOURS)]);
    expect(() =>
      policy.replaceSource('manifests', [{ ...binding(undefined), roleRef: undefined } as never]),
    ).toThrow();
    expect(mayList()).toBe(true);
    pass(2 * 3_600_000);
    expect(mayList()).toBe(false);
    policy.replaceSource('manifests', [binding('2026-11-25T13:00:00Z')]);
    expect(mayList()).toBe(false);
  });

  it('ends nothing once the policy is closed', () => {
    policy.put('cluster', binding(IN_TWO_HOURS));
    policy.close();
    expect(timers).toEqual([]);
  });
});
