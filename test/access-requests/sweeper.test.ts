import { describe, expect, it } from 'vitest';
import { serviceUnavailable } from '../../src/kube/index.ts';
import { act, askedAccess, HOUR, wanted } from './support/asked-access.ts';

const first = { namespace: 'team-a', name: 'first' };

async function approvedAccess() {
  const access = await askedAccess();
  await access.requests.create(wanted, act('amy'));
  await access.requests.approve(first, act('bob'));
  return access;
}

describe('the sweeper', () => {
  it('ends what has run out, and says so once', async () => {
    const access = await approvedAccess();
    expect(access.sweeper.counts()).toEqual({ pending: 0, active: 1 });
    access.clock.now += 2 * HOUR - 1;
    await access.wake();
    expect(access.cluster.there.size).toBe(1);
    access.clock.now += 1;
    await access.wake();
    expect(access.cluster.there.size).toBe(0);
    expect(await access.requests.get(first)).toMatchObject({ phase: 'Expired', mayBeBound: false });
    await access.wake();
    expect(access.happenings.filter(({ action }) => action === 'expire')).toMatchObject([
      { by: undefined, result: 'success' },
    ]);
  });

  it('ends what nobody has decided', async () => {
    const access = await askedAccess();
    await access.requests.create(wanted, act('amy'));
    access.clock.now += 24 * HOUR;
    await access.wake();
    expect(await access.requests.get(first)).toMatchObject({ phase: 'Expired' });
  });

  it('leaves the work to the leader', async () => {
    const access = await approvedAccess();
    access.leader.leads = false;
    access.clock.now += 2 * HOUR;
    await access.wake();
    expect(access.cluster.there.size).toBe(1);
    access.leader.leads = true;
    await access.wake();
    expect(access.cluster.there.size).toBe(0);
  });

  it('goes on trying while the cluster is away', async () => {
    const access = await approvedAccess();
    access.clock.now += 2 * HOUR;
    access.cluster.state.failing = serviceUnavailable('away');
    await access.wake();
    expect(await access.requests.get(first)).toMatchObject({ phase: 'Expired', mayBeBound: true });
    access.cluster.state.failing = undefined;
    await access.wake();
    expect(access.cluster.there.size).toBe(0);
  });

  it('takes up what another process has left half done, at its next start', async () => {
    const dead = await askedAccess();
    await dead.requests.create(wanted, act('amy'));
    // The process ends in the middle of writing the binding: neither it nor its record of it is there.
    dead.cluster.state.onWrite = () => new Promise(() => {});
    void dead.requests.approve(first, act('bob'));
    await expect.poll(() => dead.requests.get(first)).toMatchObject({ phase: 'Approved' });
    const { store, clock } = dead;
    const next = await askedAccess({ store, clock });
    await next.wake();
    expect(await next.requests.get(first)).toMatchObject({ phase: 'Active' });
    expect(next.cluster.there.size).toBe(1);
  });

  it('takes away bindings that nobody wants, and none of another installation', async () => {
    const access = await approvedAccess();
    const [binding] = access.cluster.there.values();
    if (binding === undefined) throw new Error('there is no binding');
    await access.requests.revoke(first, act('bob'));
    const stray = (name: string, uid: string, expires: string) =>
      access.cluster.there.set(name, {
        ...binding,
        metadata: {
          name,
          labels: { 'sallyport.dev/access-request-uid': uid },
          annotations: { 'sallyport.dev/expires-at': expires },
        },
      });
    const own = binding.metadata.labels?.['sallyport.dev/access-request-uid'] ?? '';
    stray('written-too-late', own, '2100-01-01T00:00:00Z');
    stray('over', 'of-another', '2026-11-25T12:00:00Z');
    stray('unreadable', 'of-another', 'tomorrow');
    stray('of-another', 'of-another', '2100-01-01T00:00:00Z');
    access.clock.now += HOUR;
    await access.wake();
    expect([...access.cluster.there.keys()]).toEqual(['of-another']);
  });

  it('forgets what has ended long ago', async () => {
    const access = await approvedAccess();
    await access.requests.revoke(first, act('bob'));
    access.clock.now += 720 * HOUR - 1;
    await access.wake();
    expect(await access.requests.get(first)).toBeDefined();
    access.clock.now += 1;
    await access.wake();
    expect(await access.requests.get(first)).toBeUndefined();
  });
});
