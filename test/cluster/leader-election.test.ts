import { CoordinationV1Api, KubeConfig, type V1Lease, V1MicroTime } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster } from './support.ts';

const namespace = 'default';
const name = 'controllers';
const leaseMs = 1000;

/** One that may lead, as client-go's LeaderElector goes about it (tools/leaderelection/leaderelection.go). */
interface Candidate {
  /** Whether it leads after one more look. */
  tryToLead(): Promise<boolean>;
  /** Gives the lease back. */
  release(): Promise<void>;
}

describe('leader election of clients', () => {
  let cluster: TestCluster;
  let api: CoordinationV1Api;
  let now = 0;
  beforeEach(async () => {
    now = Date.parse('2026-11-24T00:00:00Z');
    cluster = await startCluster();
    const config = new KubeConfig();
    config.loadFromClusterAndUser({ name: 'c', server: cluster.url, skipTLSVerify: true }, { name: 'u' });
    api = config.makeApiClient(CoordinationV1Api);
  });
  afterEach(() => cluster.close());

  function candidate(identity: string): Candidate {
    /** What it has seen, and when by its own clock: other clocks may be wrong. */
    let observed: { readonly lease: V1Lease; readonly at: number } | undefined;
    const observe = (lease: V1Lease) => {
      const isNews = lease.metadata?.resourceVersion !== observed?.lease.metadata?.resourceVersion;
      if (isNews) observed = { lease, at: now };
    };
    const spec = (before?: V1Lease): V1Lease['spec'] => {
      const time = new V1MicroTime(now);
      const isOwn = before?.spec?.holderIdentity === identity;
      return {
        holderIdentity: identity,
        leaseDurationSeconds: leaseMs / 1000,
        renewTime: time,
        acquireTime: isOwn ? before?.spec?.acquireTime : time,
        leaseTransitions: (before?.spec?.leaseTransitions ?? 0) + (before === undefined || isOwn ? 0 : 1),
      } as V1Lease['spec'];
    };
    const isRefused = (code: number) => (error: { code: number }) => {
      if (error.code !== code) throw error;
      return undefined;
    };
    const put = async (before: V1Lease, next: V1Lease['spec']) => {
      const body = { ...before, spec: next } as V1Lease;
      const written = await api.replaceNamespacedLease({ namespace, name, body }).catch(isRefused(409));
      if (written !== undefined) observe(written);
      return written !== undefined;
    };

    return {
      async tryToLead() {
        const lease = await api.readNamespacedLease({ namespace, name }).catch(isRefused(404));
        if (lease === undefined) {
          const body = { metadata: { name, namespace }, spec: spec() } as V1Lease;
          const made = await api.createNamespacedLease({ namespace, body }).catch(isRefused(409));
          if (made !== undefined) observe(made);
          return made !== undefined;
        }
        observe(lease);
        const holder = lease.spec?.holderIdentity ?? '';
        const isHeld = holder !== '' && now < (observed?.at ?? now) + leaseMs;
        return holder === identity || !isHeld ? put(lease, spec(lease)) : false;
      },
      async release() {
        const before = observed?.lease;
        if (before === undefined) return;
        await put(before, { ...before.spec, holderIdentity: '', leaseDurationSeconds: 1 } as V1Lease['spec']);
      },
    };
  }

  const leading = (candidates: readonly Candidate[]) =>
    Promise.all(candidates.map((each) => each.tryToLead()));
  const holder = async () => (await api.readNamespacedLease({ namespace, name })).spec;

  it('makes one of many the leader, at the first look and when the lease has ended', async () => {
    const all = Array.from({ length: 8 }, (_, index) => candidate(`candidate-${index}`));
    expect((await leading(all)).filter(Boolean)).toHaveLength(1);
    const first = (await holder())?.holderIdentity;
    // Nobody renews it; all of them see that at once.
    await leading(all.filter((_, index) => `candidate-${index}` !== first));
    now += leaseMs;
    const others = all.filter((_, index) => `candidate-${index}` !== first);
    expect((await leading(others)).filter(Boolean)).toHaveLength(1);
    expect(await holder()).toMatchObject({ leaseTransitions: 1 });
    expect((await holder())?.holderIdentity).not.toBe(first);
  });

  it('keeps the leader that renews, and its times to the microsecond', async () => {
    const [leader, other] = [candidate('a'), candidate('b')];
    expect(await leader.tryToLead()).toBe(true);
    for (let round = 0; round < 5; round++) {
      now += leaseMs - 1;
      expect(await leader.tryToLead()).toBe(true);
      expect(await other.tryToLead()).toBe(false);
    }
    const { text } = await cluster.send(
      'GET',
      `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`,
    );
    expect(text).toMatch(/"renewTime":"2026-11-24T00:00:04\.995000Z"/);
    expect(text).toMatch(/"acquireTime":"2026-11-24T00:00:00\.000000Z"/);
  });

  it('has the next one at once when the leader gives it back', async () => {
    const [leader, other] = [candidate('a'), candidate('b')];
    await leader.tryToLead();
    expect(await other.tryToLead()).toBe(false);
    await leader.release();
    expect(await other.tryToLead()).toBe(true);
    // Whoever led and does not know it yet is told by the conflict.
    expect(await leader.tryToLead()).toBe(false);
  });
});
