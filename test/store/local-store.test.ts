import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryStore } from '../../src/store/index.ts';
import { createLocalStore } from '../../src/store/local/local-store.ts';
import { createMemoryBackend } from '../../src/store/memory/memory-backend.ts';

describe('a store in this process', () => {
  it('ends leases by its own timer', async () => {
    const store = createMemoryStore();
    const lease = await store.lease(20);
    await store.txn([], [{ type: 'put', key: 'a', value: '', leaseId: lease.id }]);
    await expect.poll(() => store.get('a')).toBeUndefined();
    expect(await store.revision()).toBe(2);
    await store.close();
  });

  it('ends leases at their deadline, not before, however far it is', async () => {
    vi.useFakeTimers();
    try {
      const store = createMemoryStore();
      const lease = await store.lease(2 ** 31 + 1000);
      await store.txn([], [{ type: 'put', key: 'a', value: '', leaseId: lease.id }]);
      await vi.advanceTimersByTimeAsync(2 ** 31 + 999);
      expect(await store.get('a')).toBeDefined();
      await vi.advanceTimersByTimeAsync(1);
      expect(await store.get('a')).toBeUndefined();
      await store.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it('reports a lease that it could not end, and tries again', async () => {
    vi.useFakeTimers();
    try {
      const backend = createMemoryBackend();
      const errors: Error[] = [];
      const full = new Error('disk full');
      let broken = true;
      const failing = {
        ...backend,
        commit(commit: Parameters<typeof backend.commit>[0]) {
          if (commit.endedLease !== undefined && broken) throw full;
          return backend.commit(commit);
        },
      };
      const store = createLocalStore(failing, { onError: (error) => errors.push(error) });
      const lease = await store.lease(100);
      await store.txn([], [{ type: 'put', key: 'a', value: '', leaseId: lease.id }]);
      await vi.advanceTimersByTimeAsync(100);
      expect(errors).toEqual([full]);
      expect(await store.get('a')).toBeDefined();
      expect(await lease.keepAlive()).toBe(false);
      broken = false;
      await vi.advanceTimersByTimeAsync(1000);
      expect(await store.get('a')).toBeUndefined();
      expect(errors).toEqual([full]);
      await store.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it('reports a watch whose onError throws, and goes on', async () => {
    const errors: Error[] = [];
    const store = createMemoryStore({ onError: (error) => errors.push(error) });
    const worse = new Error('worse');
    const fail = (error: Error) => () => {
      throw error;
    };
    store.watch('', 0, { onEvents: fail(new Error('bad')), onError: fail(worse) });
    expect((await store.txn([], [{ type: 'put', key: 'a', value: '' }])).committed).toBe(true);
    expect((await store.txn([], [{ type: 'put', key: 'b', value: '' }])).committed).toBe(true);
    expect(errors).toEqual([worse]);
    await store.close();
  });

  it('shows a watch that writes no revision before an older one', async () => {
    const store = createMemoryStore();
    const seen: Record<string, number[]> = { before: [], after: [] };
    const onError = () => undefined;
    store.watch('', 0, { onEvents: (_events, revision) => seen['before']?.push(revision), onError });
    const onEvents = (_events: unknown, revision: number) => {
      if (revision < 5) void store.txn([], [{ type: 'put', key: `${revision}`, value: '' }]);
    };
    store.watch('', 0, { onEvents, onError });
    store.watch('', 0, { onEvents: (_events, revision) => seen['after']?.push(revision), onError });
    // Live from here on: what was written before would be a replay, one watch after the other.
    await store.revision();
    await store.txn([], [{ type: 'put', key: '0', value: '' }]);
    expect(seen).toEqual({ before: [1, 2, 3, 4, 5], after: [1, 2, 3, 4, 5] });
    await store.close();
  });

  it('keeps no process alive', { timeout: 20_000 }, async () => {
    const script = join(import.meta.dirname, 'fixtures/idle-process.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 15_000 });
    expect(stdout).toBe('idle\n');
  });
});
