import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CompactedError,
  type Condition,
  type Entry,
  FutureRevisionError,
  type ListResult,
  type StoreEvent,
  type Write,
} from '../../../src/store/index.ts';
import { describeCall, type OpenStore, type Recording, record } from './store-under-test.ts';

type Step =
  | {
      readonly type: 'txn';
      readonly conditions: readonly [string, number][];
      readonly writes: readonly Write[];
    }
  | {
      readonly type: 'list';
      readonly prefix: string;
      readonly limit?: number;
      readonly after?: string;
      readonly age: number;
    }
  | { readonly type: 'get'; readonly key: string }
  | { readonly type: 'watch'; readonly prefix: string; readonly age: number }
  | { readonly type: 'close'; readonly watch: number }
  | { readonly type: 'compact'; readonly age: number }
  | { readonly type: 'reopen' };

// Few keys, close to each other, so that steps meet; the last two sort differently in UTF-16.
const key = fc.constantFrom('a', 'a/', 'a/b', 'a0', 'b', 'b/\uffff', 'b/😀');
const prefix = fc.constantFrom('', 'a', 'a/', 'b/', 'c');
const age = fc.integer({ min: -1, max: 6 });
const anyWrite: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('put' as const),
      key,
      value: fc.string({ maxLength: 2 }).map((text) => text.replaceAll('\0', '')),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete' as const), key }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('txn' as const),
      // 0: asks for what is true; otherwise an offset that makes it false (or, for absent keys, stays false).
      conditions: fc.array(fc.tuple(key, fc.constantFrom(0, 0, 0, 1)), { maxLength: 2 }),
      writes: fc.uniqueArray(anyWrite, { maxLength: 4, selector: (write) => write.key }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record(
      { type: fc.constant('list' as const), prefix, age, limit: fc.nat({ max: 3 }), after: key },
      { requiredKeys: ['type', 'prefix', 'age'] },
    ),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('get' as const), key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('watch' as const),
      prefix,
      age: fc.integer({ min: 0, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('close' as const), watch: fc.nat({ max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('compact' as const), age }) },
  { weight: 1, arbitrary: fc.constant({ type: 'reopen' as const }) },
);

const byBytes = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right));

/** The plainest store there is: a map, and a copy of it for every revision. */
class Model {
  states: ReadonlyMap<string, Entry>[] = [new Map()];
  compacted = 0;

  get revision(): number {
    return this.states.length - 1;
  }

  get current(): ReadonlyMap<string, Entry> {
    return this.states[this.revision] ?? new Map();
  }

  txn(conditions: readonly Condition[], writes: readonly Write[]): { committed: boolean; revision: number } {
    const now = this.current;
    const committed = conditions.every(
      ({ key, modRevision }) => (now.get(key)?.modRevision ?? 0) === modRevision,
    );
    if (!committed) return { committed, revision: this.revision };
    const next = new Map(now);
    const modRevision = this.revision + 1;
    for (const write of writes) {
      if (write.type === 'delete') next.delete(write.key);
      else {
        const createRevision = now.get(write.key)?.createRevision ?? modRevision;
        next.set(write.key, { key: write.key, value: write.value, createRevision, modRevision });
      }
    }
    const changes = writes.some((write) => write.type === 'put' || now.has(write.key));
    if (changes) this.states.push(next);
    return { committed, revision: this.revision };
  }

  list(revision: number, prefix: string, limit = Number.POSITIVE_INFINITY, after = ''): ListResult {
    const all = [...(this.states[revision]?.values() ?? [])]
      .filter((entry) => entry.key.startsWith(prefix) && byBytes(entry.key, after) > 0)
      .sort((left, right) => byBytes(left.key, right.key));
    const entries = all.slice(0, limit);
    return { entries, revision, remaining: all.length - entries.length };
  }

  /** What a watch hears from after one revision through another, found by comparing neighbouring states. */
  calls(prefix: string, after: number, through: number): string[] {
    const calls: string[] = [];
    for (let revision = after + 1; revision <= through; revision++) {
      const before = this.states[revision - 1] ?? new Map<string, Entry>();
      const now = this.states[revision] ?? new Map<string, Entry>();
      const touched = [...new Set([...before.keys(), ...now.keys()])]
        .filter((name) => name.startsWith(prefix))
        .sort(byBytes);
      const events = touched.flatMap((name): StoreEvent[] => {
        const entry = now.get(name);
        const previous = before.get(name);
        if (entry === undefined)
          return previous === undefined ? [] : [{ type: 'delete', revision, previous }];
        if (entry.modRevision !== revision) return [];
        return [{ type: 'put', revision, entry, ...(previous !== undefined && { previous }) }];
      });
      if (events.length > 0) calls.push(describeCall(events, revision));
    }
    return calls;
  }
}

interface Watched {
  readonly recording: Recording;
  readonly prefix: string;
  readonly after: number;
  /** Undefined while it is open. */
  closedAt: number | undefined;
  /** What it had not come to yet was forgotten: it may end, or know all the same. */
  mayEnd: boolean;
}

export function describeModel(open: OpenStore, numRuns: number): void {
  describe('against a model', () => {
    it('does what a plain map with a copy for every revision does', { timeout: 60_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => runSteps(open, steps)),
        { numRuns },
      );
    });
  });
}

async function runSteps(open: OpenStore, steps: readonly Step[]): Promise<void> {
  const subject = await open();
  const model = new Model();
  const watches: Watched[] = [];
  for (const next of steps) await runStep(subject, model, watches, next);
  for (const watch of watches) await confirm(model, watch);
  for (let revision = model.compacted; revision <= model.revision; revision++) {
    expect(await subject.store.list('', { revision })).toEqual(model.list(revision, ''));
  }
  await subject.dispose();
}

/** Waits until a watch has heard all there was. */
async function confirm(model: Model, { recording, prefix, after, closedAt, mayEnd }: Watched): Promise<void> {
  const expected = model.calls(prefix, after, closedAt ?? model.revision);
  const isOver = () => mayEnd && recording.errors[0] instanceof CompactedError;
  await expect.poll(() => (isOver() ? expected : recording.calls)).toEqual(expected);
  if (!isOver()) expect(recording.errors).toEqual([]);
}

async function runStep(
  subject: Awaited<ReturnType<OpenStore>>,
  model: Model,
  watches: Watched[],
  next: Step,
): Promise<void> {
  const { store } = subject;
  switch (next.type) {
    case 'txn': {
      const conditions = next.conditions.map(([name, offset]) => ({
        key: name,
        modRevision: (model.current.get(name)?.modRevision ?? 0) + offset,
      }));
      expect(await store.txn(conditions, next.writes)).toEqual(model.txn(conditions, next.writes));
      return;
    }
    case 'get':
      expect(await store.get(next.key)).toEqual(model.current.get(next.key));
      return;
    case 'list': {
      const revision = model.revision - next.age;
      const options = {
        revision,
        ...(next.limit !== undefined && { limit: next.limit }),
        ...(next.after && { after: next.after }),
      };
      if (revision > model.revision)
        await expect(store.list(next.prefix, options)).rejects.toThrow(FutureRevisionError);
      else if (revision < model.compacted)
        await expect(store.list(next.prefix, options)).rejects.toThrow(CompactedError);
      else
        expect(await store.list(next.prefix, options)).toEqual(
          model.list(revision, next.prefix, next.limit, next.after),
        );
      return;
    }
    case 'watch': {
      const after = model.revision - next.age;
      const recording = record(store, next.prefix, after);
      if (after >= model.compacted)
        watches.push({ recording, prefix: next.prefix, after, closedAt: undefined, mayEnd: false });
      else await expect.poll(() => recording.errors[0]).toBeInstanceOf(CompactedError);
      return;
    }
    case 'close': {
      const watch = watches[next.watch];
      if (watch === undefined || watch.closedAt !== undefined) return;
      await confirm(model, watch);
      watch.closedAt = model.revision;
      watch.recording.close();
      return;
    }
    case 'compact': {
      const revision = model.revision - next.age;
      if (revision > model.revision) {
        await expect(store.compact(revision)).rejects.toThrow(FutureRevisionError);
        return;
      }
      // A watch still in its replay may end here, in every store: let them catch up first.
      for (const watch of watches) {
        await confirm(model, watch);
        // One that hears nothing may still be on its way, in a store that is elsewhere.
        watch.mayEnd ||= watch.closedAt === undefined && watch.recording.progress() < revision;
      }
      await store.compact(revision);
      model.compacted = Math.max(model.compacted, revision);
      return;
    }
    case 'reopen':
      if (subject.reopen === undefined) return;
      for (const watch of watches) {
        await confirm(model, watch);
        watch.closedAt ??= model.revision;
      }
      await subject.reopen();
  }
}
