import { expect, it } from 'vitest';
import { createRecentCommits } from '../../src/store/etcd/recent-commits.ts';
import { CompactedError } from '../../src/store/index.ts';
import { createWatchHub } from '../../src/store/watch-hub.ts';

it('history that is lost ends the watches that have not seen it, and no others', async () => {
  const history = createRecentCommits(0);
  const hub = createWatchHub(history, (error) => expect.unreachable(String(error)));
  const errors: Record<string, Error[]> = { behind: [], ahead: [] };
  for (const [name, after] of [
    ['behind', 0],
    ['ahead', 8],
  ] as const)
    hub.watch('', after, { onEvents: () => {}, onError: (error) => errors[name]?.push(error) });
  await Promise.resolve();
  const entry = { key: 'a', value: '', createRevision: 3, modRevision: 3 };
  history.add([{ type: 'put', revision: 3, entry }], 3);
  hub.publish([{ type: 'put', revision: 3, entry }], 3);
  // Both have seen all there was up to 3.
  hub.forget(3);
  expect(errors).toEqual({ behind: [], ahead: [] });
  hub.forget(8);
  expect(errors).toEqual({ behind: [new CompactedError(8)], ahead: [] });
});
