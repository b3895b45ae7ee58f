import { hash } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import { dateOf } from './dated-id.ts';

/** One record of the provider, under the hash of its id. */
export interface StoredModel {
  readonly payload: AdapterPayload;
  /** Milliseconds since the epoch, when redeemed. */
  readonly consumed?: number;
  /** Attempts to redeem it, of a code. */
  readonly tries?: number;
}

/** What stands in the store for a value that a browser or client presents. */
export function hashOf(id: string): string {
  return hash('sha256', id, 'base64url');
}

/** The same, beside others of its time. */
export function datedHashOf(id: string): string {
  return dateOf(id) + hashOf(id);
}

/** Where a model's record lies. @param hash of its id */
export function modelKey(model: string, hash: string): string {
  return `${model}/${hash}`;
}

/** Where the hash of the id of the record with this secondary key lies. @param hash of the secondary key */
export function indexKey(model: string, kind: 'uid' | 'user-code', hash: string): string {
  return `${model}/${kind}/${hash}`;
}
