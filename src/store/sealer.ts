import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

export interface Opened {
  readonly text: string;
  /** False: it lies there in clear, or under a previous key, and should be sealed anew. */
  readonly current: boolean;
}

/** Keeps values from whoever can read the store only. */
export interface Sealer {
  /** @param place the key that the value goes under: it can be opened there only */
  seal(place: string, text: string): string;
  /** @throws SealedValueError */
  open(place: string, value: string): Opened;
}

export interface SealingKeys {
  /** 32 bytes. */
  readonly current: Buffer;
  /** Keys that values may still be sealed with. */
  readonly previous: readonly Buffer[];
}

/** A sealed value that none of the keys opens. Names the key that it needs, never the key itself. */
export class SealedValueError extends Error {
  readonly code = 'SP_STORE_SEALED';
}

/** What no JSON text begins with. */
const mark = 'sealed.1';
const ivBytes = 12;
const tagBytes = 16;

/** Names a key without telling anything about it: it is random, so its hash cannot be searched. */
export function sealingKeyId(key: Buffer): string {
  return createHash('sha256').update('sealing key id\0').update(key).digest('base64url').slice(0, 12);
}

/**
 * AES-256-GCM with a random 96-bit IV for each value (NIST SP 800-38D §8.2.2), the place as additional data.
 * @param keys undefined: values stay in clear, and sealed ones are refused
 */
export function createSealer(keys: SealingKeys | undefined): Sealer {
  const currentId = keys && sealingKeyId(keys.current);
  const known = new Map(
    [...(keys?.previous ?? []), ...(keys ? [keys.current] : [])].map((key) => [sealingKeyId(key), key]),
  );

  return {
    seal(place, text) {
      if (keys === undefined || currentId === undefined) return text;
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', keys.current, iv).setAAD(Buffer.from(place));
      const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return [mark, currentId, sealed.toString('base64url')].join('.');
    },
    open(place, value) {
      if (!value.startsWith(`${mark}.`)) return { text: value, current: keys === undefined };
      const [id = '', sealed = ''] = value.slice(mark.length + 1).split('.');
      const key = known.get(id);
      if (key === undefined) throw unknownKey(place, id, [...known.keys()]);
      return { text: decrypt(key, place, sealed), current: id === currentId };
    },
  };
}

function decrypt(key: Buffer, place: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-tagBytes));
    return decipher.update(bytes.subarray(ivBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new SealedValueError(`${place} in the store is damaged; restore the store from a backup`, {
      cause,
    });
  }
}

function unknownKey(place: string, id: string, known: readonly string[]): SealedValueError {
  const given =
    known.length === 0
      ? 'storage.encryption is not configured'
      : `storage.encryption has the keys ${known.join(', ')}`;
  return new SealedValueError(
    `${place} in the store is encrypted with the key ${id}, and ${given}; put that key back, as storage.encryption's own or among its previous ones`,
  );
}
