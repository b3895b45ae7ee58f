import { describe, expect, it } from 'vitest';
import { type AuditBackend, combineBackends } from '../../src/audit-log/index.ts';
import { recordingBackend } from '../gateway/audit/support/recording.ts';

/** A backend that says this of every first event. */
function answering(answer: ReturnType<AuditBackend['offer']>, calls: string[] = []): AuditBackend {
  return {
    ...recordingBackend().backend,
    offer: () => answer,
    flush: async () => void calls.push('flush'),
    close: async () => void calls.push('close'),
  };
}

describe('several backends', () => {
  it('get every event', () => {
    const [one, two] = [recordingBackend(), recordingBackend()];
    const all = combineBackends([one.backend, two.backend]);
    expect(all.offer('a')).toBe(true);
    const last = '{"stage":"Panic"}';
    expect(all.writeFirst(last)).toBeUndefined();
    expect([one.lines, two.lines]).toEqual([
      ['a', last],
      ['a', last],
    ]);
    expect(two.first).toEqual(['Panic']);
  });

  it('hold an answer until the slowest has its first event', async () => {
    const stored = Promise.withResolvers<void>();
    const all = combineBackends([
      recordingBackend().backend,
      recordingBackend({ storing: stored.promise }).backend,
      recordingBackend({ storing: Promise.resolve() }).backend,
    ]);
    let ended = false;
    const wait = all.writeFirst('{"stage":"Panic"}')?.then(() => (ended = true));
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    stored.resolve();
    expect(await wait).toBe(true);
  });

  it('take no event of a request that one of them is known to refuse', () => {
    const [one, two] = [recordingBackend(), recordingBackend({ refuses: true })];
    const all = combineBackends([one.backend, two.backend]);
    expect([all.refusing(), all.offer('a'), one.lines]).toEqual([true, false, []]);
  });

  it.each<[string, (boolean | Promise<boolean>)[], boolean]>([
    ['all take it at once', [true, true], true],
    ['all take it, one after a while', [true, Promise.resolve(true)], true],
    ['one refuses at once', [false, Promise.resolve(true)], false],
    ['one refuses after a while', [true, Promise.resolve(false)], false],
  ])('let a request pass only when nobody refuses: %s', async (_name, answers, passes) => {
    const all = combineBackends(answers.map((answer) => answering(answer)));
    expect(await all.offer('a')).toBe(passes);
  });

  it('are as durable as the most durable', () => {
    const backends = [recordingBackend().backend, recordingBackend({ durability: 'each' }).backend];
    expect(combineBackends(backends).durability).toBe('each');
    expect(combineBackends(backends.slice(0, 1)).durability).toBe('batch');
  });

  it('are flushed and closed, all of them', async () => {
    const calls: string[] = [];
    const all = combineBackends([answering(true, calls), answering(true, calls)]);
    await all.flush();
    await all.close();
    expect(calls).toEqual(['flush', 'flush', 'close', 'close']);
  });
});
