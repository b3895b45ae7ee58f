import type { Sealer, Store } from '../store/index.ts';

/** A text that all processes on a store share, and nobody else is to read: made when it is first needed, kept sealed. */
export interface SharedSecret {
  /** undefined: nobody has needed it yet. */
  find(): Promise<string | undefined>;
  /** @param create called when there is none; of several processes, the first one's counts */
  make(create: () => Promise<string>): Promise<string>;
}

export interface SharedSecretDeps {
  readonly store: Store;
  readonly sealer: Sealer;
}

/** Where they are kept. */
const places = {
  serviceAccountKey: 'cluster/service-accounts/signing-key',
  authority: 'cluster/signing/authority',
} as const;

/** Seals what lies there in clear, or under a key of before, which may be gone at the next start. */
export async function sealAnew(deps: SharedSecretDeps): Promise<void> {
  const names = Object.keys(places) as (keyof typeof places)[];
  await Promise.all(names.map((name) => createSharedSecret(deps, name).find()));
}

export function createSharedSecret(
  { store, sealer }: SharedSecretDeps,
  name: keyof typeof places,
): SharedSecret {
  const key = places[name];
  let known: string | undefined;

  async function find(): Promise<string | undefined> {
    if (known !== undefined) return known;
    const entry = await store.get(key);
    if (entry === undefined) return undefined;
    const { text, current } = sealer.open(key, entry.value);
    if (!current) await put(entry.modRevision, text);
    known = text;
    return known;
  }

  function put(modRevision: number, text: string) {
    return store.txn([{ key, modRevision }], [{ type: 'put', key, value: sealer.seal(key, text) }]);
  }

  return {
    find,
    async make(create) {
      const found = await find();
      if (found !== undefined) return found;
      await put(0, await create());
      const made = await find();
      if (made === undefined) throw new Error(`${key} was not kept`);
      return made;
    },
  };
}
