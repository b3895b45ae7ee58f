import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followKind } from '../../../src/cluster/objects/follow-kind.ts';
import { createObjectStore } from '../../../src/cluster/objects/object-store.ts';
import { coreType, type KubeObject } from '../../../src/cluster/resources/index.ts';
import { createMemoryStore, type Store } from '../../../src/store/index.ts';

const type = coreType('limitranges');
const named = (namespace: string, name: string, more: object = {}): KubeObject => ({
  metadata: { namespace, name },
  ...more,
});

async function follow(store: Store, now = () => 0) {
  const errors: unknown[] = [];
  let asked = 0;
  const kept = createObjectStore(store);
  const objects: typeof kept = {
    ...kept,
    list(...query) {
      asked += 1;
      return kept.list(...query);
    },
  };
  const onError = (error: unknown) => errors.push(error);
  const kind = await followKind<KubeObject>({ store, objects, now, onError }, type);
  const names = async (namespace: string) =>
    (await kind.list(namespace)).map(({ metadata }) => metadata.name);
  return { kept, kind, names, asked: () => asked, errors };
}

/** What others write is not told before it is asked for. */
function slowlyTold(store: Store) {
  const waiting: (() => void)[] = [];
  const slow: Store = {
    ...store,
    watch: (prefix, after, handlers) =>
      store.watch(prefix, after, {
        ...handlers,
        onEvents: (events, revision) => void waiting.push(() => handlers.onEvents(events, revision)),
      }),
  };
  return {
    slow,
    tell() {
      for (const each of waiting.splice(0)) each();
    },
  };
}

const step = fc.record({
  namespace: fc.constantFrom('a', 'b', 'a-b'),
  name: fc.constantFrom('x', 'y', 'x-y'),
  does: fc.constantFrom('create' as const, 'replace' as const, 'remove' as const),
  mark: fc.nat(9),
});

describe('a followed kind', () => {
  it('is what a list of the store would be after every write of this process', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { kept, kind, errors } = await follow(createMemoryStore());
        for (const { namespace, name, does, mark } of steps) {
          const current = await kept.get(type, namespace, name);
          const object = named(namespace, name, { mark });
          if (does === 'create') await kept.create(type, object);
          else if (current !== undefined && does === 'replace') await kept.replace(current, object);
          else if (current !== undefined) await kept.remove(current);
          for (const place of ['a', 'b', 'a-b']) {
            const { items } = await kept.list(type, place);
            expect(await kind.list(place)).toEqual(items.map((each) => each.object));
          }
        }
        kind.close();
        expect(errors).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('asks the store where it knows of nothing, once in half a minute', async () => {
    const store = createMemoryStore();
    let time = 0;
    const { slow, tell } = slowlyTold(store);
    const { kept, kind, names, asked } = await follow(slow, () => time);
    expect([await names('a'), await names('a'), asked()]).toEqual([[], [], 1]);
    await kept.create(type, named('a', 'x'));
    expect(await names('a')).toEqual([]);
    time = 30_000;
    expect([await names('a'), asked()]).toEqual([['x'], 2]);
    tell();
    expect([await names('a'), asked()]).toEqual([['x'], 2]);
    kind.close();
  });

  it('asks no more for what it has been told', async () => {
    const { kept, kind, names, asked } = await follow(createMemoryStore());
    await kept.create(type, named('a', 'y'));
    await kept.create(type, named('a', 'x'));
    expect([await names('a'), await names('a'), asked()]).toEqual([['x', 'y'], ['x', 'y'], 0]);
    expect(await kind.list('a')).toBe(await kind.list('a'));
    kind.close();
  });
});
