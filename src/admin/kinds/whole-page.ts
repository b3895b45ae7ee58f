import type { KubeObject } from '../../cluster/index.ts';
import type { KindPage, KindQuery } from '../kind.ts';

/** A page of what is had as a whole. */
export function wholePage(objects: readonly KubeObject[], { limit, after }: KindQuery): KindPage {
  const sorted = objects.toSorted((a, b) => byBytes(a.metadata.name ?? '', b.metadata.name ?? ''));
  const rest =
    after === undefined ? sorted : sorted.filter(({ metadata }) => byBytes(metadata.name ?? '', after) > 0);
  const items = rest.slice(0, limit);
  const next = rest.length > items.length ? items.at(-1)?.metadata.name : undefined;
  return { items, next, revision: undefined };
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
