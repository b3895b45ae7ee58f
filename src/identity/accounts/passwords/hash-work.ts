import { parseOptions } from '@node-rs/argon2';

/** What checking a hash costs, in units that do not depend on the machine. A kind that is not needed costs 0. */
export interface HashWork {
  /** bcrypt's cost: 2 to the power of it rounds. */
  readonly bcryptCost: number;
  /** argon2id: KiB of memory times passes over it. */
  readonly argon2: number;
}

export const noWork: HashWork = { bcryptCost: 0, argon2: 0 };

/** `$2b$10$` and 53 characters of salt and digest: the cost is the second field. */
const bcryptFormat = /^\$2[abxy]\$(\d\d)\$[./0-9A-Za-z]{53}$/;

export function isBcrypt(hash: string): boolean {
  return bcryptFormat.test(hash);
}

/** What it takes to check a password against the hash; nothing for text that is no hash. */
export function workOf(hash: string): HashWork {
  const cost = bcryptFormat.exec(hash)?.[1];
  if (cost !== undefined) return { bcryptCost: Number(cost), argon2: 0 };
  const argon2 = readArgon2id(hash);
  return argon2 === undefined ? noWork : { bcryptCost: 0, argon2: argon2.memoryCost * argon2.timeCost };
}

/** The most of each kind. */
export function mostWork(works: readonly HashWork[]): HashWork {
  return {
    bcryptCost: Math.max(0, ...works.map(({ bcryptCost }) => bcryptCost)),
    argon2: Math.max(0, ...works.map(({ argon2 }) => argon2)),
  };
}

export interface Argon2Cost {
  /** KiB */
  readonly memoryCost: number;
  /** Passes. */
  readonly timeCost: number;
}

/** The parameters of an argon2id hash of one lane; undefined for any other text. */
export function readArgon2id(hash: string): Argon2Cost | undefined {
  if (!hash.startsWith('$argon2id$v=19$')) return undefined;
  try {
    const { memoryCost, timeCost, parallelism } = parseOptions(hash);
    return parallelism === 1 ? { memoryCost, timeCost } : undefined;
  } catch {
    return undefined;
  }
}
