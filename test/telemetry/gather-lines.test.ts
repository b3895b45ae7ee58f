import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { gatherLines } from '../../src/telemetry/index.ts';

describe('gathered lines', () => {
  it('of one turn are one write, in their order', async () => {
    const writes: string[] = [];
    const lines = gatherLines((text) => void writes.push(text));
    lines.write('one\n');
    lines.write('two\n');
    expect(writes).toEqual([]);
    await nextTurn();
    expect(writes).toEqual(['one\ntwo\n']);
    lines.write('three\n');
    await nextTurn();
    expect(writes).toEqual(['one\ntwo\n', 'three\n']);
  });

  it('are told of when they are written, and at once when there are none', async () => {
    const writes: string[] = [];
    const lines = gatherLines((text) => void writes.push(text));
    let told = 0;
    lines.flush(() => told++);
    expect(told).toBe(1);
    lines.write('one\n');
    const written = new Promise<number>((done) => lines.flush(() => done(writes.length)));
    expect(writes).toEqual([]);
    expect(await written).toBe(1);
  });
});
