import type { KubeObject } from '../../cluster/index.ts';
import type { NetworkPolicy } from '../../netpol/index.ts';
import type { PodSource } from './pod-end.ts';

/** Where pods, namespaces and NetworkPolicies come from: manifests, a server, or both. Close it when the answer is there. */
export interface NetworkSource {
  /** Where names without a namespace are looked for. */
  readonly namespace: string;
  /** undefined when there is none. */
  find(source: PodSource, namespace: string, name: string): Promise<KubeObject | undefined>;
  /** undefined when nothing is known of the namespace. */
  namespaceLabels(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  policies(namespace: string): Promise<readonly NetworkPolicy[]>;
  close(): Promise<void>;
}
