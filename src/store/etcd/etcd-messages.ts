/**
 * The messages of etcd's API v3 as its JSON gateway writes them: bytes in base64, 64-bit numbers as text, and what is
 * zero left out. Source: etcd api/etcdserverpb/rpc.proto and api/mvccpb/kv.proto (3.4 and later).
 */
export interface Header {
  readonly cluster_id?: string;
  readonly revision?: string;
}

export interface KeyValue {
  readonly key: string;
  readonly value?: string;
  readonly create_revision?: string;
  readonly mod_revision?: string;
  readonly lease?: string;
}

export interface Answer {
  readonly header?: Header;
}

export interface RangeAnswer extends Answer {
  readonly kvs?: readonly KeyValue[];
  /** Of all keys in the range, whatever the limit. */
  readonly count?: string;
  readonly more?: boolean;
}

export interface OperationAnswer {
  readonly response_range?: RangeAnswer;
  readonly response_delete_range?: { readonly deleted?: string };
  readonly response_txn?: TxnAnswer;
}

export interface TxnAnswer extends Answer {
  readonly succeeded?: boolean;
  readonly responses?: readonly OperationAnswer[];
}

export interface LeaseAnswer extends Answer {
  readonly ID?: string;
  /** Seconds. Absent when the lease has ended. */
  readonly TTL?: string;
}

export interface WatchAnswer extends Answer {
  readonly created?: boolean;
  readonly canceled?: boolean;
  readonly cancel_reason?: string;
  readonly compact_revision?: string;
  readonly events?: readonly WatchedEvent[];
}

export interface WatchedEvent {
  readonly type?: 'DELETE';
  readonly kv: KeyValue;
  readonly prev_kv?: KeyValue;
}

/** A range of keys as requests have it; without range_end it is the one key. */
export interface RangeOfKeys {
  readonly key: string;
  readonly range_end?: string;
}

export type Operation =
  | { readonly request_range: RangeOfKeys & { readonly count_only?: boolean } }
  | { readonly request_put: { readonly key: string; readonly value: string; readonly lease?: string } }
  | { readonly request_delete_range: RangeOfKeys }
  | { readonly request_txn: Transaction };

export interface Transaction {
  readonly compare?: readonly Compare[];
  readonly success: readonly Operation[];
}

export interface Compare {
  readonly key: string;
  readonly target: 'MOD';
  readonly result: 'EQUAL';
  readonly mod_revision: string;
}

/** Text as the JSON gateway has bytes. */
export function toBytes(text: string): string {
  return Buffer.from(text).toString('base64');
}

export function fromBytes(bytes: string | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes, 'base64').toString();
}
