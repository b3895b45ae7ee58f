import { textOrder } from './principal.ts';

const USUAL = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

/** The verbs once each: kubectl's own order, others after it by alphabet; `*` stands for all and so stands alone. */
export function orderedVerbs(verbs: Iterable<string>): string[] {
  const distinct = new Set(verbs);
  if (distinct.has('*')) {
    return ['*'];
  }
  return [...distinct].sort((a, b) => rank(a) - rank(b) || textOrder(a, b));
}

function rank(verb: string): number {
  const index = USUAL.indexOf(verb);
  return index < 0 ? USUAL.length : index;
}
