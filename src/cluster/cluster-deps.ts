import type { FieldError } from '../kube/index.ts';
import type { Sealer, Store } from '../store/index.ts';
import type { HookMetrics } from './admission/index.ts';
import type { ClusterRequest } from './cluster.ts';
import type { ConversionReport } from './custom/index.ts';
import type { KubeObject } from './resources/index.ts';
import type { Watches } from './watch/index.ts';

/** What the embedded API needs from its surroundings. */
export interface ClusterDeps {
  readonly store: Store;
  /** Seals the keys that are kept in the store. Default: they are kept in clear. */
  readonly sealer?: Sealer;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: ClusterLog;
  readonly version: ClusterVersion;
  /** The default RBAC objects, made at start when absent, else completed. */
  readonly bootstrapObjects: readonly KubeObject[];
  /** Namespaces made at start when absent, besides Kubernetes' own. */
  readonly namespaces?: readonly string[];
  /** The RBAC kinds' own validation. */
  readonly validateRbac?: (object: KubeObject, old: KubeObject | undefined) => readonly FieldError[];
  /** Throws a StatusError when the request would grant more than its user holds. */
  readonly confirmNoEscalation?: (
    request: ClusterRequest,
    object: KubeObject,
    old: KubeObject | undefined,
  ) => void;
  /** PEM that every namespace's ConfigMap kube-root-ca.crt carries. */
  readonly caBundle?: string;
  /** Largest request body in bytes. Default: 3 MiB, as kube-apiserver. */
  readonly maxBodyBytes?: number;
  /** Calls back once after `ms` milliseconds; returns the way to cancel. Default: an unreferenced setTimeout. */
  readonly schedule?: Schedule;
  /** Whether pods are run, by one simulated node. Default: no, pods stay as they were written. */
  readonly runsPods?: boolean;
  /** Whether controllers do what objects ask for: pods of deployments and so on. Default: no, objects stay as they were written. */
  readonly runsControllers?: boolean;
  /** What counts what becomes of asking webhooks. Default: nothing does. */
  readonly hookMetrics?: HookMetrics;
  /** The accounts of all watches. Default: createWatches(), with its limits. */
  readonly watches?: Watches;
  /** Is told of every review that a conversion webhook is asked. */
  readonly onConversion?: ((report: ConversionReport) => void) | undefined;
}

export type Schedule = (ms: number, callback: () => void) => () => void;

export interface ClusterVersion {
  readonly gitVersion: string;
  readonly major: string;
  readonly minor: string;
}

export interface ClusterLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** setTimeout that does not keep the process alive. */
export const scheduleTimeout: Schedule = (ms, callback) => {
  const timer = setTimeout(callback, ms);
  timer.unref();
  return () => clearTimeout(timer);
};
