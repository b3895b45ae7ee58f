import type { CompiledSubject } from '../../binding.ts';
import { baseOf, type Likeness, likenessOf } from './name-likeness.ts';

export interface LikeName {
  readonly likeness: Likeness;
  readonly ownName: string;
}

/** The caller's names of one type, ready to be compared with every name of a policy. */
export interface OwnNames {
  /** A first look that costs a few nanoseconds: false means that the name is like none of them. */
  mayBeLike(name: string): boolean;
  /** Which of them the name is like, but not equal to. */
  like(name: string): LikeName | undefined;
}

const NOT_ASCII = -1;

export function createOwnNames(type: CompiledSubject['type'], names: readonly string[]): OwnNames {
  const own = new Set(names);
  const byBase = Map.groupBy(own, baseOf);
  // Names that end in another pair of letters have another base; a base of one letter says nothing of the pair.
  const tails = new Set([...byBase.keys()].map(tailOf));
  const isFiltered = ![...byBase.keys()].some((base) => base.length < 2);

  return {
    mayBeLike: (name) => !isFiltered || tails.has(tailOf(name)),
    like(name) {
      if (own.has(name)) return undefined;
      for (const ownName of byBase.get(baseOf(name)) ?? []) {
        const likeness = likenessOf(type, ownName, name);
        if (likeness !== undefined) return { likeness, ownName };
      }
      return undefined;
    },
  };
}

/** The last two characters without regard to case; all that are not ASCII count as one. */
function tailOf(name: string): number {
  const last = name.charCodeAt(name.length - 1);
  const before = name.charCodeAt(name.length - 2);
  return last > 0x7f || before > 0x7f ? NOT_ASCII : ((before | 0x20) << 8) | (last | 0x20);
}
