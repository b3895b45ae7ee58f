import { addressNetwork } from '../../../http/index.ts';
import type { Actor } from '../../audit/index.ts';

/** The host whose share in the queue of hashes an act takes; undefined for an act that came from none. */
export function hostOf({ address }: Actor): string | undefined {
  return address === undefined ? undefined : addressNetwork(address);
}
