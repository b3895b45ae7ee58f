import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGroupCommit, type GroupCommit } from '../../src/store/sqlite/group-commit.ts';

/** A file that holds texts: what is in a transaction, what is committed, and what is on the disk. */
function openFile() {
  const disk = { texts: [] as string[], full: false, syncs: 0, failing: false };
  let committed: string[] = [];
  let open: string[] | undefined;
  const waiting: PromiseWithResolvers<void>[] = [];
  const group = createGroupCommit({
    begin() {
      if (open !== undefined) throw new Error('a transaction within a transaction');
      open = [...committed];
    },
    commit() {
      if (open === undefined) throw new Error('there is no transaction');
      if (disk.full) throw new Error('full');
      committed = open;
      open = undefined;
    },
    rollback() {
      open = undefined;
    },
    async sync() {
      const snapshot = committed;
      const done = Promise.withResolvers<void>();
      waiting.push(done);
      await done.promise;
      disk.syncs++;
      if (disk.failing) throw new Error('I/O error');
      disk.texts = snapshot;
    },
  });
  return {
    group,
    disk,
    write: (text: string) => () => void open?.push(text),
    /** Lets the disk finish what it is at. */
    async finish() {
      await turns();
      for (const done of waiting.splice(0)) done.resolve();
      await turns();
    },
  };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Until a group to which nothing is added any more is closed. */
async function turns(): Promise<void> {
  for (let count = 0; count < 3; count += 1) await turn();
}

function outcomes(group: GroupCommit, file: ReturnType<typeof openFile>, texts: readonly string[]) {
  const seen: Record<string, string> = {};
  for (const text of texts) {
    group.add(file.write(text)).then(
      () => {
        seen[text] = file.disk.texts.includes(text) ? 'kept' : 'told too early';
      },
      () => {
        seen[text] = 'lost';
      },
    );
  }
  return seen;
}

const fails = () => {
  throw new Error('refused');
};

describe('group commit', () => {
  it('stays open while more comes, but not for long', async () => {
    const file = openFile();
    const seen: Record<string, string> = {};
    for (let count = 0; count < 20; count += 1) {
      Object.assign(seen, outcomes(file.group, file, [`${count}`]));
      await turn();
    }
    await file.finish();
    expect(file.disk.texts.length).toBeGreaterThan(3);
    expect(file.disk.texts.length).toBeLessThan(20);
  });

  it('forces the work of a turn onto the disk once, and tells nobody before', async () => {
    const file = openFile();
    const seen = outcomes(file.group, file, ['a', 'b', 'c']);
    await turns();
    await turns();
    expect(seen).toEqual({});
    await file.finish();
    expect(seen).toEqual({ a: 'kept', b: 'kept', c: 'kept' });
    expect(file.disk).toMatchObject({ texts: ['a', 'b', 'c'], syncs: 1 });
    expect(file.group.settled()).toBeUndefined();
  });

  it('gathers what comes while the disk is busy', async () => {
    const file = openFile();
    const first = outcomes(file.group, file, ['a']);
    await turns();
    const second = outcomes(file.group, file, ['b']);
    await turns();
    const third = outcomes(file.group, file, ['c']);
    await file.finish();
    expect([first, second, third]).toEqual([{ a: 'kept' }, {}, {}]);
    await file.finish();
    expect([second, third]).toEqual([{ b: 'kept' }, { c: 'kept' }]);
    expect(file.disk.syncs).toBe(2);
  });

  it('leaves out only the work that failed', async () => {
    const file = openFile();
    const before = outcomes(file.group, file, ['a', 'b']);
    expect(() => file.group.add(fails)).toThrow('refused');
    const after = outcomes(file.group, file, ['c']);
    await file.finish();
    expect({ ...before, ...after }).toEqual({ a: 'kept', b: 'kept', c: 'kept' });
    expect(file.disk.texts).toEqual(['a', 'b', 'c']);
  });

  it('loses a group for which there is no room as a whole, and goes on', async () => {
    const file = openFile();
    file.disk.full = true;
    const lost = outcomes(file.group, file, ['a', 'b']);
    await file.finish();
    expect(lost).toEqual({ a: 'lost', b: 'lost' });
    file.disk.full = false;
    const kept = outcomes(file.group, file, ['c']);
    await file.finish();
    expect(kept).toEqual({ c: 'kept' });
    expect(file.disk.texts).toEqual(['c']);
  });

  it('writes nothing any more when the disk did not say that it has it', async () => {
    const file = openFile();
    file.disk.failing = true;
    const first = outcomes(file.group, file, ['a']);
    await turns();
    const second = outcomes(file.group, file, ['b']);
    await file.finish();
    expect({ ...first, ...second }).toEqual({ a: 'lost', b: 'lost' });
    expect(file.group.isBroken()).toBe(true);
    file.disk.failing = false;
    expect(() => file.group.add(file.write('c'))).toThrow('must be started anew');
    await file.finish();
    expect(file.disk).toMatchObject({ texts: [], syncs: 1 });
  });

  it('keeps what it says it has kept, in order, however work, failures and the disk meet', async () => {
    const step = fc.constantFrom('work', 'work', 'fail', 'turn', 'finish', 'full', 'room');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const file = openFile();
        const seen: Record<string, string> = {};
        for (const [index, one] of steps.entries()) {
          if (one === 'work') Object.assign(seen, { [`w${index}`]: 'waiting' });
          if (one === 'work')
            file.group.add(file.write(`w${index}`)).then(
              () => Object.assign(seen, { [`w${index}`]: 'kept' }),
              () => Object.assign(seen, { [`w${index}`]: 'lost' }),
            );
          if (one === 'fail') expect(() => file.group.add(fails)).toThrow('refused');
          if (one === 'turn') await turn();
          if (one === 'finish') await file.finish();
          if (one === 'full' || one === 'room') file.disk.full = one === 'full';
          const told = Object.keys(seen).filter((text) => seen[text] === 'kept');
          expect(file.disk.texts).toEqual(told);
        }
        await file.finish();
        await file.finish();
        await file.finish();
        expect(Object.values(seen)).not.toContain('waiting');
        expect(file.disk.texts).toEqual(Object.keys(seen).filter((text) => seen[text] === 'kept'));
      }),
      { numRuns: 200 },
    );
  });
});
