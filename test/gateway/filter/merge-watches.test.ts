import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeWatches } from '../../../src/gateway/filter/merge-watches.ts';
import { createResumePoints } from '../../../src/gateway/filter/resume-points.ts';

/** What one place's watch says at one time. */
interface Said {
  readonly place: number;
  readonly type: string;
  readonly revision: number;
  readonly end?: boolean;
}

const PLACES = 3;
const LISTED = 8;
const scope = { purpose: 'jane pods', placeNames: 'a,b,c' };

function lineOf({ place, type, revision, end = false }: Said): Buffer {
  const annotations = end ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  const metadata = { name: `p${place}`, resourceVersion: String(revision), ...annotations };
  return Buffer.from(`${JSON.stringify({ type, object: { kind: 'Pod', metadata } })}\n`);
}

/** Each place's events and bookmarks in its own order; the places in any order among each other. */
const conversation = fc
  .tuple(
    fc.array(fc.record({ place: fc.nat(PLACES - 1), isEvent: fc.boolean(), isElsewhere: fc.boolean() }), {
      minLength: 1,
      maxLength: 40,
    }),
    fc.array(fc.nat(PLACES - 1), { minLength: 120, maxLength: 120 }),
  )
  .map(([steps, turns]) => {
    // Revisions are the cluster's: each belongs to one event. A bookmark has the last one of the
    // whole cluster, which may be no event of these places.
    const queues: Said[][] = Array.from({ length: PLACES }, () => []);
    let revision = LISTED;
    for (const { place, isEvent, isElsewhere } of steps) {
      if (isEvent || isElsewhere) revision += 1;
      const type = isEvent ? 'MODIFIED' : 'BOOKMARK';
      if (isEvent || revision > LISTED) queues[place]?.push({ place, type, revision });
    }
    const order: Said[] = [];
    for (const turn of [...turns, 0, 1, 2]) {
      const next = queues[turn]?.shift();
      if (next !== undefined) order.push(next);
    }
    for (const queue of queues) order.push(...queue);
    return order;
  });

/** Runs it, from a list; gives what was sent, each with the number of things said so far. */
function run(order: readonly Said[], points = createResumePoints()) {
  points.listed(scope, String(LISTED));
  const start = points.find(scope, '', String(LISTED), PLACES);
  const merged = mergeWatches({
    places: PLACES,
    start,
    from: String(LISTED),
    bookmarks: true,
    initialEvents: false,
    begin: (positions, sent) => points.stream(scope, '', positions, sent),
  });
  const sent: { type: string; revision: number; after: number }[] = [];
  for (const [at, said] of order.entries()) {
    const line = merged.take(said.place, lineOf(said));
    if (line === undefined) continue;
    const { type, object } = JSON.parse(line.toString());
    if (type !== 'BOOKMARK') expect(line).toEqual(lineOf(said));
    sent.push({ type, revision: Number(object.metadata.resourceVersion), after: at + 1 });
  }
  return { sent, points };
}

const eventsOf = (order: readonly Said[]) => order.filter(({ type }) => type !== 'BOOKMARK');

describe('several watches told as one', { timeout: 30_000 }, () => {
  it('lose and repeat nothing, and keep each place’s order', () => {
    fc.assert(
      fc.property(conversation, (order) => {
        const { sent } = run(order);
        const told = sent.filter(({ type }) => type !== 'BOOKMARK').map(({ revision }) => revision);
        expect(told).toEqual(eventsOf(order).map(({ revision }) => revision));
      }),
      { numRuns: 1500 },
    );
  });

  it('never have a bookmark that is ahead of an event, or behind another bookmark', () => {
    let bookmarks = 0;
    fc.assert(
      fc.property(conversation, (order) => {
        const { sent } = run(order);
        let last = 0;
        for (const { type, revision, after } of sent) {
          if (type !== 'BOOKMARK') continue;
          bookmarks += 1;
          expect(revision).toBeGreaterThan(last);
          last = revision;
          const later = eventsOf(order.slice(after)).map((said) => said.revision);
          expect(Math.min(...later)).toBeGreaterThan(revision);
        }
      }),
      { numRuns: 1500 },
    );
    expect(bookmarks).toBeGreaterThan(50);
  });

  it('can be resumed wherever they were cut off, with exactly what is missing', () => {
    let outOfOrder = 0;
    fc.assert(
      fc.property(conversation, fc.nat(100), (order, cutAt) => {
        const { sent, points } = run(order);
        const cut = cutAt % (sent.length + 1);
        const seen = sent.slice(0, cut);
        const last = seen.at(-1)?.revision ?? LISTED;
        const positions = points.find(scope, '', String(last), PLACES) ?? [];
        expect(positions).toHaveLength(PLACES);
        const had = new Set(seen.filter(({ type }) => type !== 'BOOKMARK').map(({ revision }) => revision));
        const replayed = eventsOf(order).filter(({ place, revision }) => revision > Number(positions[place]));
        const missing = eventsOf(order).filter(({ revision }) => !had.has(revision));
        expect(replayed).toEqual(missing);
        if (missing.some(({ revision }) => revision < last)) outOfOrder += 1;
      }),
      { numRuns: 1500 },
    );
    // By the revision alone, these would have lost an event.
    expect(outOfOrder).toBeGreaterThan(50);
  });

  it('lose nothing when two streams of one caller have told the same in different orders', () => {
    fc.assert(
      fc.property(
        conversation,
        fc.array(fc.nat(PLACES - 1), { maxLength: 100 }),
        fc.nat(100),
        (order, turns, cutAt) => {
          const queues = Array.from({ length: PLACES }, (_, place) =>
            order.filter((said) => said.place === place),
          );
          const other = [...turns, ...order.map(({ place }) => place)].flatMap(
            (turn) => queues[turn]?.shift() ?? [],
          );
          const { sent, points } = run(order);
          run(other, points);
          const seen = sent.slice(0, cutAt % (sent.length + 1));
          const last = seen.at(-1)?.revision ?? LISTED;
          const positions = points.find(scope, '', String(last), PLACES) ?? [];
          const had = new Set(seen.map(({ revision }) => revision));
          for (const { place, revision } of eventsOf(order)) {
            if (!had.has(revision)) expect(revision).toBeGreaterThan(Number(positions[place]));
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  function fromNothing(initialEvents: boolean, bookmarks = true) {
    const points = createResumePoints();
    const merged = mergeWatches({
      places: 2,
      start: undefined,
      from: undefined,
      bookmarks,
      initialEvents,
      begin: (positions, sent) => points.stream(scope, '', positions, sent),
    });
    const take = (place: number, type: string, revision: number, end = false) =>
      merged.take(place, lineOf({ place, type, revision, end }))?.toString();
    return { merged, points, take };
  }

  it('end their initial events once, when all have, at the oldest revision', () => {
    const { merged, points, take } = fromNothing(true);
    take(0, 'ADDED', 7);
    expect(take(0, 'BOOKMARK', 20, true)).toBeUndefined();
    expect([merged.isHeld(0), merged.isHeld(1), merged.isLive()]).toEqual([true, false, false]);
    take(1, 'ADDED', 3);
    const marker = JSON.parse(take(1, 'BOOKMARK', 22, true) ?? '');
    expect(marker.object.metadata).toMatchObject({
      resourceVersion: '20',
      annotations: { 'k8s.io/initial-events-end': 'true' },
    });
    expect([merged.isHeld(0), merged.isLive()]).toEqual([false, true]);
    expect(points.find(scope, '', '20', 2)).toEqual(['20', '22']);
    expect(points.find(scope, '', '7', 2)).toBeUndefined();
  });

  it('keep their bookmarks to themselves when the client wants none', () => {
    const { take, points } = fromNothing(true, false);
    take(0, 'ADDED', 7);
    expect([take(0, 'BOOKMARK', 20, true), take(1, 'BOOKMARK', 22, true), take(0, 'BOOKMARK', 30)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    take(0, 'MODIFIED', 31);
    expect(points.find(scope, '', '31', 2)).toEqual(['31', '22']);
  });

  it('can be resumed from the present, when there has been nothing to tell for long', () => {
    const { take, points } = fromNothing(false, false);
    take(0, 'BOOKMARK', 8);
    take(1, 'MODIFIED', 9);
    for (let revision = 10; revision < 400; revision += 2) {
      take(0, 'BOOKMARK', revision);
      take(1, 'BOOKMARK', revision + 1);
    }
    expect(points.find(scope, '', '9', 2)).toEqual(['398', '399']);
  });

  it('cannot be resumed from an object of before all positions were known', () => {
    const { take, points } = fromNothing(false);
    take(0, 'ADDED', 7);
    take(1, 'ADDED', 5);
    take(0, 'MODIFIED', 9);
    expect(points.find(scope, '', '9', 2)).toBeUndefined();
    take(1, 'DELETED', 12);
    expect(points.find(scope, '', '12', 2)).toEqual(['9', '12']);
  });

  it('are over with an error', () => {
    const { merged, take } = fromNothing(false);
    const error = Buffer.from('{"type":"ERROR","object":{"kind":"Status","code":410}}\n');
    expect(merged.take(0, error)).toBe(error);
    expect(merged.isOver()).toBe(true);
    expect(() => take(1, 'ADDED', Number.NaN)).not.toThrow();
    expect(() => merged.take(0, Buffer.from('{"type":"ADDED","object":{}}\n'))).toThrow(SyntaxError);
    expect(() => merged.take(0, Buffer.from('{}\n'))).toThrow(SyntaxError);
  });

  it('set the revision of a Table’s bookmark in its row, too', () => {
    const { take, merged } = fromNothing(false);
    take(0, 'BOOKMARK', 9);
    const metadata = { resourceVersion: '12' };
    const table = { kind: 'Table', metadata, rows: [{ cells: [], object: { metadata } }] };
    const line = merged.take(1, Buffer.from(`${JSON.stringify({ type: 'BOOKMARK', object: table })}\n`));
    const { object } = JSON.parse(String(line));
    expect([object.metadata.resourceVersion, object.rows[0].object.metadata.resourceVersion]).toEqual([
      '9',
      '9',
    ]);
  });
});

describe('a revision to resume from', () => {
  it('counts only for the same places, selection and collection', () => {
    const points = createResumePoints();
    points.stream(scope, 'x', ['5', '6', '7'], '5');
    expect(points.find(scope, 'x', '5', 3)).toEqual(['5', '6', '7']);
    expect(points.find(scope, 'y', '5', 3)).toBeUndefined();
    expect(points.find({ ...scope, placeNames: 'a,b,d' }, 'x', '5', 3)).toBeUndefined();
    expect(points.find({ ...scope, purpose: 'bob pods' }, 'x', '5', 3)).toBeUndefined();
    points.listed(scope, '9');
    expect(points.find(scope, 'y', '9', 3)).toEqual(['9', '9', '9']);
    points.listed({ ...scope, placeNames: 'a' }, '9');
    expect(points.find(scope, 'y', '9', 3)).toBeUndefined();
  });

  it('is forgotten with the oldest, and never mistaken', () => {
    const points = createResumePoints();
    const log = points.stream(scope, '', ['1', '1', '1'], '1');
    for (let revision = 2; revision <= 400; revision++) log.moved(0, String(revision), String(revision));
    expect(points.find(scope, '', '1', 3)).toBeUndefined();
    expect(points.find(scope, '', '272', 3)).toBeUndefined();
    expect(points.find(scope, '', '273', 3)).toEqual(['273', '1', '1']);
    for (let at = 0; at < 512; at++) points.listed({ ...scope, purpose: String(at) }, '1');
    expect(points.find(scope, '', '400', 3)).toBeUndefined();
  });
});
