import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  eventListText,
  KUBERNETES_EVENTS,
  packEvents,
  unpackEvents,
} from '../../../src/audit-log/webhook/pack-events.ts';

const event = fc.record({ auditID: fc.string({ unit: 'grapheme' }), note: fc.string({ maxLength: 3000 }) });

describe('packed events', () => {
  it('are the same when unpacked, few or many, and text that every store keeps', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 30 }), (events) => {
        const lines = events.map((one) => JSON.stringify(one));
        const packed = packEvents(lines);
        expect(unpackEvents(packed)).toEqual(lines);
        expect(packed.isWellFormed() && !packed.includes('\0')).toBe(true);
      }),
    );
  });

  it('are far smaller when there are many', () => {
    const lines = Array.from({ length: 400 }, (_, n) =>
      JSON.stringify({
        kind: 'Event',
        auditID: `id-${n}`,
        user: { username: 'jane', groups: ['developers'] },
      }),
    );
    expect(packEvents(lines).length).toBeLessThan(lines.join('\n').length / 5);
  });

  it('are well formed even if an event is not', () => {
    expect(unpackEvents(packEvents(['{"a":"\ud800"}']))).toEqual(['{"a":"\ufffd"}']);
  });

  it('are refused when they are something else', () => {
    expect(() => unpackEvents('bm90IGRlZmxhdGVk')).toThrow();
  });

  it('make an EventList', () => {
    expect(JSON.parse(eventListText(['{"a":1}', '{"b":2}'], KUBERNETES_EVENTS))).toEqual({
      kind: 'EventList',
      apiVersion: 'audit.k8s.io/v1',
      metadata: {},
      items: [{ a: 1 }, { b: 2 }],
    });
  });
});
