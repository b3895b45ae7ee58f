import { randomUUID } from 'node:crypto';
import { type ObjectContext, timestamp } from './object-context.ts';
import type { TypedObject } from './object-store.ts';

/** Objects a transaction, as most that etcd takes are 128 writes. */
const mostAtOnce = 100;

const mostAttempts = 50;

/**
 * Writes those that are missing, as they are: nothing is defaulted, validated or looked at by anybody. A hundred and more
 * are there from the beginning, and each by itself would be most of a start.
 * @returns those that were there before
 */
export async function makeMissing(
  context: ObjectContext,
  wanted: readonly TypedObject[],
): Promise<readonly TypedObject[]> {
  const isThere = await Promise.all(wanted.map((each) => has(context, each)));
  const missing = wanted.filter((_, index) => !isThere[index]);
  for (let from = 0; from < missing.length; from += mostAtOnce) {
    await makeAll(context, missing.slice(from, from + mostAtOnce));
  }
  return wanted.filter((_, index) => isThere[index]);
}

async function makeAll(context: ObjectContext, some: readonly TypedObject[]): Promise<void> {
  let left = some;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    if (await context.objects.createAll(left.map((each) => born(context, each)))) return;
    if (attempt === mostAttempts)
      throw new Error('what a cluster contains from the beginning keeps changing');
    // Another process starts on the same store.
    const isThere = await Promise.all(left.map((each) => has(context, each)));
    left = left.filter((_, index) => !isThere[index]);
  }
}

function has(context: ObjectContext, { type, object }: TypedObject): Promise<boolean> {
  const { namespace = '', name = '' } = object.metadata;
  return context.objects.has(type, namespace, name);
}

function born(context: ObjectContext, { type, object }: TypedObject): TypedObject {
  const metadata = { ...object.metadata, uid: randomUUID(), creationTimestamp: timestamp(context) };
  return { type, object: { ...object, metadata } };
}
