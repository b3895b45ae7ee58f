import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFairQueue, type FairQueue, type Waiter } from '../../../src/gateway/limits/fair-queue.ts';

const USERS = ['ann', 'bob', 'cleo', 'dan'];

interface Request {
  readonly user: string;
  state: 'waiting' | 'executing' | 'done' | 'left' | 'refused';
  readonly waiter: Waiter;
  release: () => void;
}

/** A queue with its clients: what each was told, by which the queue is judged. */
function clientsOf(queue: FairQueue) {
  const requests: Request[] = [];
  const dispatched: string[] = [];
  const all = (state: Request['state'], user?: string) =>
    requests.filter((request) => request.state === state && (user === undefined || request.user === user));
  return {
    all,
    /** Who got a seat after waiting, in this order. */
    dispatched,
    arrive(user: string): Request {
      const flow = queue.flow(user);
      const request: Request = {
        user,
        state: 'waiting',
        release: flow.release,
        waiter: () => {
          // The oldest of its user, and only one that waits.
          expect(all('waiting', user)[0]).toBe(request);
          request.state = 'executing';
          dispatched.push(user);
        },
      };
      requests.push(request);
      if (queue.take(flow)) request.state = 'executing';
      else if (!queue.wait(flow, request.waiter)) request.state = 'refused';
      return request;
    },
    complete(request: Request): void {
      request.state = 'done';
      request.release();
    },
    leave(request: Request): void {
      request.state = 'left';
      queue.leave(queue.flow(request.user), request.waiter);
    },
  };
}

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('arrive' as const), user: fc.constantFrom(...USERS) }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('complete' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('leave' as const), which: fc.nat() }) },
);
const limits = fc
  .record({ seats: fc.integer({ min: 1, max: 6 }), part: fc.nat(), queueLength: fc.nat({ max: 5 }) })
  .map(({ seats, part, queueLength }) => ({ seats, seatsPerFlow: 1 + (part % seats), queueLength }));

describe('the fair queue, whatever arrives, completes and leaves', () => {
  it('never has more executing than seats, keeps no free seat from who may have it, and loses nobody', () => {
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 200 }), (given, steps) => {
        const { seats, seatsPerFlow, queueLength } = given;
        const queue = createFairQueue(given);
        const clients = clientsOf(queue);
        const check = () => {
          const executing = clients.all('executing');
          expect(queue.executing()).toBe(executing.length);
          expect(queue.waiting()).toBe(clients.all('waiting').length);
          expect(executing.length).toBeLessThanOrEqual(seats);
          for (const user of USERS) {
            const own = clients.all('executing', user).length;
            const waiting = clients.all('waiting', user).length;
            expect(own).toBeLessThanOrEqual(seatsPerFlow);
            expect(waiting).toBeLessThanOrEqual(queueLength);
            // Nobody waits who could have a seat.
            if (waiting > 0) expect(executing.length === seats || own === seatsPerFlow).toBe(true);
          }
        };
        for (const each of steps) {
          if (each.what === 'arrive') {
            const full = clients.all('waiting', each.user).length === queueLength;
            const free =
              clients.all('executing').length < seats &&
              clients.all('executing', each.user).length < seatsPerFlow;
            const { state } = clients.arrive(each.user);
            expect(state).toBe(free ? 'executing' : full ? 'refused' : 'waiting');
          } else {
            const among = clients.all(each.what === 'complete' ? 'executing' : 'waiting');
            const request = among[each.which % among.length];
            if (request !== undefined) clients[each.what](request);
          }
          check();
        }
        // No wake-up is lost: with nobody coming, everybody who waits has their turn.
        for (
          let [first] = clients.all('executing');
          first !== undefined;
          [first] = clients.all('executing')
        ) {
          clients.complete(first);
          check();
        }
        expect(clients.all('waiting')).toEqual([]);
        expect(queue.executing()).toBe(0);
        expect(queue.waiting()).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('gives each of k busy flows exactly every k-th seat that is freed, however unequal their queues', () => {
    const busy = fc.record({
      seats: fc.integer({ min: 1, max: 8 }),
      // How many requests each flow has at the start: all busy for as long as is looked.
      surplus: fc.array(fc.nat({ max: 40 }), { minLength: 2, maxLength: 6 }),
      completions: fc.array(fc.nat(), { minLength: 1, maxLength: 60 }),
    });
    fc.assert(
      fc.property(busy, ({ seats, surplus, completions }) => {
        const queue = createFairQueue({ seats, seatsPerFlow: seats, queueLength: 1_000 });
        const clients = clientsOf(queue);
        // The first takes all the seats, as one who floods does.
        for (const [index, extra] of surplus.entries()) {
          const requests = completions.length + extra + (index === 0 ? seats : 0);
          for (let count = 0; count < requests; count++) clients.arrive(`user-${index}`);
        }
        for (const which of completions) {
          const executing = clients.all('executing');
          const request = executing[which % executing.length];
          if (request !== undefined) clients.complete(request);
        }
        const { dispatched } = clients;
        expect(dispatched).toHaveLength(completions.length);
        const flows = surplus.length;
        for (let at = 0; at + flows <= dispatched.length; at++) {
          expect(new Set(dispatched.slice(at, at + flows)).size).toBe(flows);
        }
      }),
    );
  });

  it('lets a flow that comes late have its turn when each that was busy has had one', () => {
    const late = fc.record({ others: fc.integer({ min: 1, max: 8 }), before: fc.nat({ max: 20 }) });
    fc.assert(
      fc.property(late, ({ others, before }) => {
        const queue = createFairQueue({ seats: 1, seatsPerFlow: 1, queueLength: 1_000 });
        const clients = clientsOf(queue);
        for (let count = 0; count < 40; count++) {
          for (let other = 0; other < others; other++) clients.arrive(`user-${other}`);
        }
        const finishOne = () => {
          const [request] = clients.all('executing');
          if (request !== undefined) clients.complete(request);
        };
        for (let count = 0; count < before; count++) finishOne();
        clients.arrive('late');
        for (let count = 0; count <= others; count++) finishOne();
        expect(clients.dispatched.slice(before)).toContain('late');
      }),
    );
  });
});

describe('the fair queue', () => {
  it('lets no flow hold all seats: its share is full, and another finds a free one', () => {
    const queue = createFairQueue({ seats: 4, seatsPerFlow: 2, queueLength: 10 });
    const clients = clientsOf(queue);
    const noisy = Array.from({ length: 8 }, () => clients.arrive('noisy'));
    expect(noisy.map(({ state }) => state).slice(0, 3)).toEqual(['executing', 'executing', 'waiting']);
    expect(clients.arrive('quiet').state).toBe('executing');
    const [first] = noisy;
    if (first !== undefined) clients.complete(first);
    expect(noisy[2]?.state).toBe('executing');
  });

  it('forgets flows that do nothing, so that names cost no memory for ever', () => {
    const queue = createFairQueue({ seats: 1, seatsPerFlow: 1, queueLength: 0 });
    const held = queue.flow('held');
    queue.take(held);
    for (let count = 0; count < 5_000; count++) {
      const flow = queue.flow(`user-${count}`);
      expect(queue.wait(flow, () => {})).toBe(false);
    }
    const again = queue.flow('user-4999');
    expect(queue.flow('user-4999')).toBe(again);
    expect(queue.flow('held')).toBe(held);
    queue.wait(again, () => {});
    expect(queue.flow('user-4999')).not.toBe(again);
  });
});
