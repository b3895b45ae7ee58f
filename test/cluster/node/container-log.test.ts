import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createContainerLog } from '../../../src/cluster/node/container/container-log.ts';
import { createStorageBudget } from '../../../src/cluster/node/world/storage-budget.ts';

const text = (log: ReturnType<typeof createContainerLog>) =>
  Buffer.concat(log.linesFrom(0).lines.map((line) => line.text)).toString('utf8');

describe('a container log', () => {
  it('keeps what was written, in whole lines, whatever the pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ab\n]{0,30}$/)), (pieces) => {
        const log = createContainerLog(() => 0, createStorageBudget(1_000_000));
        for (const piece of pieces) log.write('stdout', piece);
        log.close();
        expect(text(log)).toBe(pieces.join(''));
        const lines = log.linesFrom(0).lines.slice(0, -1);
        expect(lines.every((line) => line.text.indexOf(0x0a) === line.text.length - 1)).toBe(true);
      }),
    );
  });

  it('drops the oldest lines when there is no room, and never keeps more than it may', () => {
    const budget = createStorageBudget(2000);
    const log = createContainerLog(() => 0, budget);
    for (let line = 1; line <= 1000; line++) log.write('stdout', `line ${line}\n`);
    expect(budget.used()).toBeLessThanOrEqual(2000);
    const kept = text(log).trim().split('\n');
    expect(kept.at(-1)).toBe('line 1000');
    expect(kept.length).toBeGreaterThan(10);
    expect(log.linesFrom(0).next).toBe(1000);
    log.dispose();
    expect(budget.used()).toBe(0);
  });

  it('cuts a line that is too long', () => {
    const log = createContainerLog(() => 0, createStorageBudget(1_000_000));
    log.write('stdout', `${'x'.repeat(40_000)}\n`);
    expect(log.linesFrom(0).lines.map((line) => line.text.length)).toEqual([16_384, 16_384, 7233]);
  });

  it('wakes who waits: at a line, at the end, and when told to', async () => {
    const log = createContainerLog(() => 0, createStorageBudget(1_000_000));
    const never = new AbortController().signal;
    const line = log.changed(never);
    log.write('stdout', 'x\n');
    await line;
    const leaving = new AbortController();
    const left = log.changed(leaving.signal);
    leaving.abort();
    await left;
    const end = log.changed(never);
    log.close();
    await end;
    await log.changed(never);
    expect(log.isClosed()).toBe(true);
  });
});
