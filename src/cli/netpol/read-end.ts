import { isIP } from 'node:net';
import { UsageError } from '../command.ts';
import { type PodSource, podSources } from './pod-end.ts';

/** How somebody names one end of a connection. */
export type NamedEnd =
  | { readonly address: string }
  | { readonly source: PodSource; readonly namespace: string | undefined; readonly name: string };

/**
 * `NAME` (a pod), `TYPE/NAME`, `NAMESPACE/NAME`, `NAMESPACE/TYPE/NAME`, or an IP address.
 * @throws UsageError for anything else
 */
export function readEnd(text: string): NamedEnd {
  if (isIP(text) !== 0) return { address: text };
  const parts = text.split('/');
  const problem = new UsageError(
    `"${text}" names no end of a connection: expected POD, TYPE/NAME, NAMESPACE/POD, NAMESPACE/TYPE/NAME or an IP address, where TYPE is ${podSources.map(({ names }) => names[0]).join(', ')}`,
  );
  if (parts.length > 3 || parts.includes('')) throw problem;
  const name = parts.at(-1) ?? '';
  const typed = sourceOf(parts.at(-2));
  if (parts.length === 3 && typed === undefined) throw problem;
  const namespace = typed === undefined ? parts[0] : parts[parts.length - 3];
  const [pod] = podSources as readonly [PodSource, ...PodSource[]];
  return { source: typed ?? pod, name, namespace: parts.length === 1 ? undefined : namespace };
}

function sourceOf(type = ''): PodSource | undefined {
  const plural = type.toLowerCase();
  return podSources.find(({ names, resource }) => names.includes(plural) || resource === plural);
}
