import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openAuditLog } from '../../../src/audit-log/index.ts';
import { createLineAudit, gatherRepeats, type IdentityEvent } from '../../../src/identity/audit/index.ts';
import { recordingBackend } from '../../gateway/audit/support/recording.ts';

const event: IdentityEvent = {
  action: 'sign-in',
  actor: undefined,
  subject: 'id-jane',
  client: 'kubectl',
  address: '192.0.2.7',
  result: 'failure',
  reason: 'wrongPassword',
  detail: 'pwd',
  requestId: 'r1',
  at: Date.UTC(2030, 0, 1),
};

describe('an event in the log', () => {
  it('is one line, without what is not known', async () => {
    const { backend, lines } = recordingBackend();
    await createLineAudit(backend).record(event);
    await createLineAudit(backend).record({ ...event, subject: 'two\nlines' });
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      kind: 'IdentityEvent',
      apiVersion: 'audit.sallyport.dev/v1',
      eventID: expect.stringMatching(/^[\da-f-]{36}$/),
      time: '2030-01-01T00:00:00.000Z',
      action: 'sign-in',
      result: 'failure',
      reason: 'wrongPassword',
      detail: 'pwd',
      subject: 'id-jane',
      client: 'kubectl',
      address: '192.0.2.7',
      requestID: 'r1',
    });
    expect(lines.map((line) => line.includes('\n'))).toEqual([false, false]);
    expect(new Set(lines.map((line) => JSON.parse(line).eventID)).size).toBe(2);
  });

  it('leaves out what is not to be kept, the address of a device, too', async () => {
    const { backend, lines } = recordingBackend();
    const audit = createLineAudit(backend, { excludeFields: ['address', 'requestID'] });
    await audit.record(event);
    await audit.record({ ...event, action: 'device.approve', detail: '192.0.2.9' });
    const [signIn, device] = lines.map((line) => JSON.parse(line));
    expect(signIn).toMatchObject({ action: 'sign-in', detail: 'pwd', subject: 'id-jane', client: 'kubectl' });
    expect(device).toMatchObject({ action: 'device.approve', subject: 'id-jane' });
    expect(lines.join()).not.toMatch(/192\.0\.2|requestID|r1/);
  });

  it('that a strict backend does not take is kept, and whoever waits for it learns that', async () => {
    const { backend, lines } = recordingBackend({ refuses: true });
    await expect(createLineAudit(backend).record(event)).rejects.toThrow('cannot be written');
    expect(lines).toHaveLength(1);
  });
});

describe.runIf(existsSync('/dev/full'))('a log on a full disk', () => {
  function opened(strict: boolean) {
    const log = { error: vi.fn(), info: vi.fn() };
    const backend = openAuditLog({ path: '/dev/full', durability: 'each', strict, now: Date.now, log });
    onTestFinished(() => backend.close());
    return { audit: createLineAudit(backend), log };
  }

  it('R-034 holds answers back where that is wanted', async () => {
    const { audit, log } = opened(true);
    for (const _ of [1, 2]) await expect(audit.record(event)).rejects.toThrow('cannot be written');
    expect(log.error).toHaveBeenCalled();
  });

  it('R-034 is said in the log where it is not', async () => {
    const { audit, log } = opened(false);
    await audit.record(event);
    expect(log.error).toHaveBeenCalledOnce();
  });
});

describe('attempts that were turned away unseen', () => {
  afterEach(() => void vi.useRealTimers());

  function opened() {
    vi.useFakeTimers({ now: 0 });
    const events: IdentityEvent[] = [];
    const audit = { record: async (one: IdentityEvent) => void events.push(one) };
    const onError = vi.fn();
    return { events, gathered: gatherRepeats({ audit, onError, now: Date.now }), onError };
  }
  const throttled = (address: string): IdentityEvent => ({ ...event, address, reason: 'throttled' });

  it('have one event for the first, and one a minute for the others, a network each', async () => {
    const { events, gathered } = opened();
    for (let n = 0; n < 500; n++)
      await gathered.record(throttled(n % 5 === 0 ? '192.0.2.1' : '198.51.100.1'));
    expect(events.map(({ address }) => address)).toEqual(['192.0.2.1', '198.51.100.1']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events.slice(2).map(({ address, count, at }) => [address, count, at])).toEqual([
      ['192.0.2.1', 99, 60_000],
      ['198.51.100.1', 399, 60_000],
    ]);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(events).toHaveLength(4);
  });

  it('are all counted and bounded, and nothing else is held back', async () => {
    const attempt = fc.record({
      network: fc.nat(3000),
      reason: fc.constantFrom('throttled', 'busy', 'wrongPassword', undefined),
      wait: fc.constantFrom(0, 0, 0, 20_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { maxLength: 200 }), async (attempts) => {
        const { events, gathered, onError } = opened();
        for (const { network, reason, wait } of attempts) {
          const address = `10.${network >> 8}.${network & 255}.1`;
          await gathered.record({ ...event, address, reason });
          await vi.advanceTimersByTimeAsync(wait);
        }
        await gathered.close();
        const unseen = ({ reason }: { reason: string | undefined }) =>
          reason === 'throttled' || reason === 'busy';
        const total = events.filter(unseen).reduce((sum, { count = 1 }) => sum + count, 0);
        expect(total).toBe(attempts.filter(unseen).length);
        expect(events.filter((one) => !unseen(one))).toHaveLength(
          attempts.filter((one) => !unseen(one)).length,
        );
        expect(onError).not.toHaveBeenCalled();
      }),
      { numRuns: 50 },
    );
  });

  it('of very many networks are not told apart', async () => {
    const { events, gathered } = opened();
    for (let n = 0; n < 5000; n++) await gathered.record(throttled(`10.${n >> 8}.${n & 255}.1`));
    expect(events).toHaveLength(1001);
    await gathered.close();
    expect(events.slice(1001).map(({ count }) => count)).toEqual([3999]);
  });
});
