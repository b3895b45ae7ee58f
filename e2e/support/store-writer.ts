/**
 * Writes pairs of keys into the store that the command line names, for ever and eight at a time; prints each pair's
 * revision once it is acknowledged.
 */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openStore, type StorePlace } from './store-place.ts';

const WORKERS = 8;
const store = await openStore(JSON.parse(process.argv[2] ?? '') as StorePlace);

async function write(): Promise<void> {
  for (;;) {
    const id = randomUUID();
    const put = (side: string) => ({ type: 'put', key: `${side}/${id}`, value: id.repeat(20) }) as const;
    // What is not acknowledged may have happened or not: another pair is tried.
    const done = await store.txn([], [put('left'), put('right')]).catch(() => undefined);
    if (done !== undefined) writeSync(1, `${id} ${done.revision}\n`);
  }
}

await Promise.all(Array.from({ length: WORKERS }, write));
