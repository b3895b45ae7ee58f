import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindingNameOf } from '../../src/access-requests/role-binding.ts';
import { serviceUnavailable } from '../../src/kube/index.ts';
import { type AskedAccess, act, askedAccess, fakeBindings, HOUR, wanted } from './support/asked-access.ts';

/** What a request has come to, as the rules say. */
interface Expected {
  readonly requester: string;
  readonly pendingUntil: number;
  phase: 'Pending' | 'Granted' | 'Over';
  until: number;
  approvals: number;
}

interface Model {
  readonly requests: Map<string, Expected>;
  away: boolean;
}

interface Real {
  access: AskedAccess;
}

type Step = fc.AsyncCommand<Model, Real>;

const person = fc.constantFrom('amy', 'bob', 'carol');
const name = fc.constantFrom('one', 'two');
const at = (called: string) => ({ namespace: 'team-a', name: called });

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

function step(text: string, run: (model: Model, real: Real) => Promise<void>): Step {
  return {
    check: () => true,
    toString: () => text,
    async run(model, real) {
      await run(model, real);
      await confirmInvariants(model, real);
    },
  };
}

/** Time has ended what it ends, whether or not anybody has swept. */
function expire(model: Model, now: number): void {
  for (const request of model.requests.values()) {
    const end = request.phase === 'Pending' ? request.pendingUntil : request.until;
    if (request.phase !== 'Over' && end <= now) request.phase = 'Over';
  }
}

const steps = [
  fc.tuple(name, person).map(([called, who]) =>
    step(`ask(${called}, ${who})`, async ({ requests }, { access }) => {
      const asked = await succeeds(access.requests.create({ ...wanted, name: called }, act(who)));
      expect(asked).toBe(!requests.has(called));
      const pendingUntil = access.clock.now + 24 * HOUR;
      if (asked)
        requests.set(called, { requester: who, pendingUntil, phase: 'Pending', until: 0, approvals: 0 });
    }),
  ),
  fc.tuple(name, person, person).map(([called, who, through]) =>
    step(`approve(${called}, ${who} through ${through})`, async (model, { access }) => {
      expire(model, access.clock.now);
      const request = model.requests.get(called);
      const isOther = request?.requester !== who && request?.requester !== through;
      const done = await succeeds(access.requests.approve(at(called), act(who, { through })));
      expect(done).toBe(request?.phase === 'Pending' && isOther && !model.away);
      if (!done || request === undefined) return;
      request.phase = 'Granted';
      request.until = access.clock.now + 2 * HOUR;
      request.approvals += 1;
    }),
  ),
  fc.tuple(name, person).map(([called, who]) =>
    step(`deny(${called}, ${who})`, async (model, { access }) => {
      expire(model, access.clock.now);
      const request = model.requests.get(called);
      const done = await succeeds(access.requests.deny(at(called), act(who)));
      expect(done).toBe(request?.phase === 'Pending' && request.requester !== who);
      if (done && request !== undefined) request.phase = 'Over';
    }),
  ),
  fc.tuple(name, person).map(([called, who]) =>
    step(`revoke(${called}, ${who})`, async (model, { access }) => {
      const request = model.requests.get(called);
      const done = await succeeds(access.requests.revoke(at(called), act(who)));
      // What has run out and was not swept can still be revoked: it is over in either case.
      expire(model, access.clock.now);
      if (request?.phase !== 'Over') expect(done).toBe(request !== undefined);
      if (done && request !== undefined) request.phase = 'Over';
    }),
  ),
  fc.tuple(name, person).map(([called, who]) =>
    step(`delete(${called}, ${who})`, async (model, { access }) => {
      const request = model.requests.get(called);
      const done = await succeeds(access.requests.delete(at(called), act(who)));
      if (request === undefined || request.requester === who) return expect(done).toBe(false);
      if (done) model.requests.delete(called);
      // The attempt has ended it, even where the binding has to wait.
      else request.phase = 'Over';
    }),
  ),
  fc.integer({ min: 1, max: 25 * 60 }).map((minutes) =>
    step(`wait(${minutes}m)`, async (_model, { access }) => {
      access.clock.now += minutes * 60_000;
    }),
  ),
  fc.constant(step('sweep', async (_model, { access }) => access.wake())),
  fc.boolean().map((away) =>
    step(away ? 'the cluster goes away' : 'the cluster is back', async (model, { access }) => {
      model.away = away;
      access.cluster.state.failing = away ? serviceUnavailable('away') : undefined;
    }),
  ),
  fc.constant(
    step('restart', async (_model, real) => {
      const { store, cluster, clock } = real.access;
      await real.access.sweeper.close();
      real.access = await askedAccess({ store, cluster, clock });
    }),
  ),
];

/** What is so at any moment; and, once swept with the cluster there, that what is bound is what is granted. */
async function confirmInvariants(model: Model, { access }: Real): Promise<void> {
  for (const { approvals } of model.requests.values()) expect(approvals).toBeLessThanOrEqual(1);
  if (model.away) return;
  await access.wake();
  expire(model, access.clock.now);
  const granted: string[] = [];
  for (const [called, { phase, requester }] of model.requests) {
    const stored = await access.requests.get(at(called));
    expect(stored?.requester.username).toBe(requester);
    expect(stored?.decision?.by.username).not.toBe(requester);
    expect(stored?.phase === 'Active').toBe(phase === 'Granted');
    if (stored !== undefined && phase === 'Granted') granted.push(bindingNameOf(stored));
  }
  expect([...access.cluster.there.keys()].sort()).toEqual(granted.sort());
}

describe('requests, whatever is done with them', () => {
  it('are approved once, by somebody else, and bind nothing past their end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(steps, { maxCommands: 40, size: 'max' }), async (commands) => {
        const access = await askedAccess({ cluster: fakeBindings() });
        const real: Real = { access };
        const model: Model = { requests: new Map(), away: false };
        await fc.asyncModelRun(() => ({ model, real }), commands);
        await real.access.sweeper.close();
      }),
      { numRuns: 150 },
    );
  });
});
