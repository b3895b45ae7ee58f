import { beforeEach, describe, expect, it } from 'vitest';
import { forbiddenObject, type StatusError, serviceUnavailable } from '../../src/kube/index.ts';
import { type AskedAccess, act, askedAccess, HOUR, START, wanted } from './support/asked-access.ts';

const first = { namespace: 'team-a', name: 'first' };

let access: AskedAccess;
beforeEach(async () => {
  access = await askedAccess();
});

/** What it is refused with. */
async function refusal(work: Promise<unknown>): Promise<StatusError['status']> {
  return work.then(
    () => expect.unreachable('it was not refused'),
    (error: StatusError) => error.status,
  );
}

describe('asking', () => {
  it('keeps who asks, and when nobody can decide any more', async () => {
    const request = await access.requests.create(wanted, act('amy', { through: 'root' }));
    expect(request).toMatchObject({
      phase: 'Pending',
      requester: { username: 'amy', impersonator: { username: 'root' } },
      duration: 2 * HOUR,
      pendingUntil: START + 24 * HOUR,
      mayBeBound: false,
    });
    expect(await access.requests.get(first)).toMatchObject(request);
    expect((await access.requests.askedBy(act('amy').authority)).map(({ name }) => name)).toEqual(['first']);
    expect(await access.requests.askedBy(act('bob').authority)).toEqual([]);
  });

  it('is refused by every field that is wrong', async () => {
    const wrong = { ...wanted, role: { kind: 'Rolle', name: 'a/b' }, duration: '9h', reason: ' ' };
    const { code, details } = await refusal(access.requests.create(wrong, act('amy')));
    expect(code).toBe(422);
    expect(details?.causes?.map(({ field }) => field)).toEqual([
      'spec.role.kind',
      'spec.role.name',
      'spec.duration',
      'spec.reason',
    ]);
    const clusterWide = { ...wanted, namespace: '', role: { kind: 'Role', name: 'edit' } };
    expect(await refusal(access.requests.create(clusterWide, act('amy')))).toMatchObject({ code: 422 });
  });

  it('is for somebody who is known, and not without end', async () => {
    expect(await refusal(access.requests.create(wanted, act('system:anonymous')))).toMatchObject({
      code: 403,
    });
    for (let n = 0; n < 20; n++) await access.requests.create({ ...wanted, name: `n${n}` }, act('amy'));
    expect(await refusal(access.requests.create(wanted, act('amy')))).toMatchObject({ code: 429 });
    await access.requests.revoke({ namespace: 'team-a', name: 'n0' }, act('amy'));
    await access.requests.create(wanted, act('amy'));
    expect(await refusal(access.requests.create(wanted, act('bob')))).toMatchObject({
      reason: 'AlreadyExists',
    });
  });
});

describe('deciding', () => {
  beforeEach(async () => {
    await access.requests.create(wanted, act('Amy@example.com', { through: 'amys-robot' }));
  });

  it('puts a binding there, with an end', async () => {
    const approved = await access.requests.approve(first, { ...act('bob'), message: 'go ahead' });
    expect(approved).toMatchObject({
      phase: 'Active',
      until: START + 2 * HOUR,
      decision: { by: { username: 'bob' }, at: START, message: 'go ahead' },
    });
    const [binding] = access.cluster.there.values();
    expect(binding).toMatchObject({
      kind: 'RoleBinding',
      metadata: {
        name: `sallyport-access-${approved.uid}`,
        namespace: 'team-a',
        annotations: {
          'sallyport.dev/access-request': 'team-a/first',
          'sallyport.dev/expires-at': '2026-11-25T14:00:00.000Z',
          'sallyport.dev/approved-by': 'bob',
        },
      },
      subjects: [{ kind: 'User', name: 'Amy@example.com' }],
      roleRef: { kind: 'ClusterRole', name: 'edit' },
    });
    expect(binding?.metadata).not.toHaveProperty('ownerReferences');
  });

  it.each([
    ['who asked', act('Amy@example.com')],
    ['who asked, in another spelling', act('amy@EXAMPLE.com')],
    ['who asked, as somebody else', act('bob', { through: 'Amy@example.com' })],
    ['somebody as who asked', act('Amy@example.com', { through: 'bob' })],
    ['who acted as who asked', act('amys-robot')],
    ['who acted as who asked, as somebody else', act('bob', { through: 'amys-robot' })],
  ])('is not for %s', async (_who, self) => {
    for (const decide of [access.requests.approve, access.requests.deny])
      expect(await refusal(decide(first, self))).toMatchObject({ code: 403 });
    expect(await access.requests.get(first)).toMatchObject({ phase: 'Pending' });
    expect(access.cluster.there.size).toBe(0);
  });

  it('needs the verb approve, and the right to hand out the role', async () => {
    const stranger = act('bob', { allowed: false });
    expect(await refusal(access.requests.approve(first, stranger))).toMatchObject({
      code: 403,
      message:
        'accessrequests.sallyport.dev "first" is forbidden: user "bob" may not approve it, which needs the verb "approve" on resource "accessrequests" in API group "sallyport.dev" in the namespace "team-a"',
    });
    expect(await refusal(access.requests.deny(first, stranger))).toMatchObject({ code: 403 });
    expect(await refusal(access.requests.revoke(first, stranger))).toMatchObject({ code: 403 });
    expect(await refusal(access.requests.delete(first, stranger))).toMatchObject({ code: 403 });
    const resource = { group: 'rbac.authorization.k8s.io', resource: 'rolebindings' };
    access.cluster.state.escalation = forbiddenObject(resource, '', 'permissions not currently held');
    const { message } = await refusal(access.requests.approve(first, act('bob')));
    expect(message).toContain('permissions not currently held');
    expect(await access.requests.get(first)).toMatchObject({ phase: 'Pending' });
    // Who says no hands out nothing.
    expect(await access.requests.deny(first, act('bob'))).toMatchObject({ phase: 'Denied' });
  });

  it('leaves it pending where the binding could not be written', async () => {
    access.cluster.state.failing = serviceUnavailable('away');
    expect(await refusal(access.requests.approve(first, act('bob')))).toMatchObject({ code: 503 });
    expect(await access.requests.get(first)).toMatchObject({ phase: 'Pending' });
  });

  it('is done once, by one of fifty at the same time, in two processes', async () => {
    const { store, cluster, clock } = access;
    const both = [access, await askedAccess({ store, cluster, clock, leader: { leads: false } })];
    const all = Array.from({ length: 50 }, (_, n) =>
      both[n % 2]?.requests.approve(first, act(`approver-${n}`)),
    );
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason.status).toMatchObject({ code: 409 });
    expect(access.cluster.there.size).toBe(1);
    expect(await refusal(access.requests.deny(first, act('bob')))).toMatchObject({ code: 409 });
  });

  it('is about the one that was read, for who says which', async () => {
    const other = { ...act('bob'), uid: 'of-one-that-is-gone' };
    for (const decide of [access.requests.approve, access.requests.deny, access.requests.revoke])
      expect(await refusal(decide(first, other))).toMatchObject({ code: 409 });
  });

  it('is over at the deadline, whether or not anybody has swept', async () => {
    access.clock.now += 24 * HOUR;
    expect(await refusal(access.requests.approve(first, act('bob')))).toMatchObject({
      code: 409,
      message: expect.stringContaining('nobody has decided in time'),
    });
  });

  it('is only tried in a dry run', async () => {
    const dry = act('bob', { dryRun: true });
    expect(await access.requests.approve(first, dry)).toMatchObject({ phase: 'Approved' });
    expect(await access.requests.deny(first, dry)).toMatchObject({ phase: 'Denied' });
    await access.requests.delete(first, dry);
    expect(await access.requests.get(first)).toMatchObject({ phase: 'Pending' });
    expect(access.cluster.there.size).toBe(0);
    expect(access.happenings.map(({ action }) => action)).toEqual(['request']);
  });

  it('is recorded, with what was refused', async () => {
    await refusal(access.requests.approve(first, act('amys-robot')));
    await access.requests.approve(first, act('bob'));
    await access.requests.revoke(first, act('Amy@example.com'));
    expect(
      access.happenings.map(({ action, by, result, reason }) => [action, by?.username, result, reason]),
    ).toEqual([
      ['request', 'Amy@example.com', 'success', undefined],
      ['approve', 'amys-robot', 'failure', 'forbidden'],
      ['approve', 'bob', 'success', undefined],
      ['revoke', 'Amy@example.com', 'success', undefined],
    ]);
  });
});

describe('ending', () => {
  beforeEach(async () => {
    await access.requests.create(wanted, act('amy'));
    await access.requests.approve(first, act('bob'));
  });

  it('takes the binding away at once when it is revoked, by who has it or could have given it', async () => {
    expect(await access.requests.revoke(first, act('carol'))).toMatchObject({
      phase: 'Revoked',
      mayBeBound: false,
    });
    expect(access.cluster.there.size).toBe(0);
    expect(await refusal(access.requests.revoke(first, act('amy')))).toMatchObject({ code: 409 });
  });

  it('comes with deletion, which waits for the binding to be gone', async () => {
    // Who has asked could ask for something else by the same name.
    expect(await refusal(access.requests.delete(first, act('amy')))).toMatchObject({
      code: 403,
      message: expect.stringContaining('the record stays'),
    });
    access.cluster.state.failing = serviceUnavailable('away');
    expect(await refusal(access.requests.delete(first, act('carol')))).toMatchObject({ code: 503 });
    expect(await access.requests.get(first)).toMatchObject({ phase: 'Revoked', mayBeBound: true });
    access.cluster.state.failing = undefined;
    await access.requests.delete(first, act('carol'));
    expect(await access.requests.get(first)).toBeUndefined();
    expect(access.cluster.there.size).toBe(0);
  });

  it('leaves no binding when it comes in the middle of writing it', async () => {
    await access.requests.create({ ...wanted, name: 'second' }, act('amy'));
    const second = { namespace: 'team-a', name: 'second' };
    access.cluster.state.onWrite = async () => {
      access.cluster.state.onWrite = undefined;
      await access.requests.revoke(second, act('carol'));
    };
    expect(await access.requests.approve(second, act('bob'))).toMatchObject({ phase: 'Revoked' });
    expect([...access.cluster.there.values()].map(({ metadata }) => metadata.annotations)).toEqual([
      expect.objectContaining({ 'sallyport.dev/access-request': 'team-a/first' }),
    ]);
  });
});
