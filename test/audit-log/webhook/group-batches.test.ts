import { expect, it } from 'vitest';
import { groupBatches } from '../../../src/audit-log/webhook/group-batches.ts';
import { KUBERNETES_EVENTS } from '../../../src/audit-log/webhook/pack-events.ts';

/** `a2` is a batch with two events at its first attempt, `b1*` one with one event that has failed before. */
function groupsOf(batches: string[], maxBatchSize: number) {
  const read = batches.map((text) => ({
    batch: { id: text[0] ?? '', value: '', attempts: text.endsWith('*') ? 2 : 1 },
    lines: Array.from({ length: Number(text[1]) }, (_, n) => `{"id":"${text[0]}${n}"}`),
  }));
  return [...groupBatches(read, maxBatchSize, KUBERNETES_EVENTS)].map(({ batches: grouped, bodies }) => [
    grouped.map(({ id }) => id).join(''),
    ...bodies.map((body) =>
      (JSON.parse(body) as { items: { id: string }[] }).items.map(({ id }) => id).join(' '),
    ),
  ]);
}

it.each<[string, string[], number, string[][]]>([
  [
    'as many as fit go together',
    ['a2', 'b2', 'c1'],
    4,
    [
      ['ab', 'a0 a1 b0 b1'],
      ['c', 'c0'],
    ],
  ],
  [
    'what failed before goes alone, in its turn',
    ['a1', 'b1*', 'c1', 'd1'],
    4,
    [
      ['a', 'a0'],
      ['b', 'b0'],
      ['cd', 'c0 d0'],
    ],
  ],
  [
    'what was stored with a larger limit goes in parts',
    ['a1', 'b5', 'c1'],
    2,
    [
      ['a', 'a0'],
      ['b', 'b0 b1', 'b2 b3', 'b4'],
      ['c', 'c0'],
    ],
  ],
  ['nothing makes no request', [], 4, []],
])('%s', (_name, batches, maxBatchSize, expected) => {
  expect(groupsOf(batches, maxBatchSize)).toEqual(expected);
});

it('a request has at most so many characters', () => {
  const line = JSON.stringify('x'.repeat(3 * 1024 * 1024));
  const read = ['a', 'b', 'c'].map((id) => ({ batch: { id, value: '', attempts: 1 }, lines: [line] }));
  expect([...groupBatches(read, 400, KUBERNETES_EVENTS)].map(({ batches }) => batches.length)).toEqual([
    2, 1,
  ]);
});
