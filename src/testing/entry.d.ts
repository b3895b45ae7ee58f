/// <reference lib="esnext.disposable" />

/**
 * A Kubernetes cluster for tests, in this process: API, RBAC, controllers, a simulated node. Needs Node.js 24 or newer.
 *
 * @example
 * const cluster = await startCluster({ objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dev' } }] });
 * await cluster.apply(readFileSync('deploy.yaml', 'utf8'));
 * // … new KubeConfig().loadFromString(cluster.kubeconfig) …
 * await cluster.close();
 */
export function startCluster(options?: TestClusterOptions): Promise<TestCluster>;

export interface TestClusterOptions {
  /** What is there from the start: objects, or manifests as YAML or JSON. Put there as `apply` does it. */
  readonly objects?: Manifests;
  /** Where objects are kept: `memory` (the default), or a file that is there again for the next cluster. */
  readonly store?: 'memory' | `sqlite:${string}`;
  /** Who the kubeconfig and `request` stand for. Default: an administrator. What they may do is RBAC's to say. */
  readonly user?: TestUser;
  /** Whether objects have consequences: pods of deployments, a node that runs them. Default: true; envtest has none. */
  readonly controllers?: boolean;
}

export interface TestUser {
  readonly username: string;
  /** Default: none. `system:authenticated` is added, as by every API server. */
  readonly groups?: readonly string[];
  readonly uid?: string;
}

/** YAML or JSON text, with several documents if need be; an object; or several. Lists are taken apart. */
export type Manifests = string | object | readonly object[];

export interface TestCluster extends AsyncDisposable {
  /** `https://127.0.0.1:PORT`; every cluster has a port of its own. */
  readonly url: string;
  /** PEM of the authority that its certificate is from, a new one for every cluster. */
  readonly ca: string;
  /** The user's bearer token. */
  readonly token: string;
  /** A kubeconfig (YAML) with the user's token in it. */
  readonly kubeconfig: string;
  /** The same as a file that only this user can read, for kubectl and the like. It is gone when the cluster is closed. */
  kubeconfigFile(): Promise<string>;
  /** A kubeconfig (YAML) for somebody else: so one tests what they may do. */
  kubeconfigFor(user: TestUser): string;
  /**
   * One request as the user.
   * @param path with its query, for example `/api/v1/namespaces/default/pods?limit=1`
   * @param body sent as JSON
   */
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<TestAnswer>;
  /**
   * Server-side apply of manifests as an administrator, in the order given; after a CustomResourceDefinition, once its
   * kind is served.
   * @returns the objects as they are then
   * @throws Error with the API's own message
   */
  apply(manifests: Manifests): Promise<Record<string, unknown>[]>;
  /** Ends everything: connections, watches, controllers, files. Nothing of it keeps the process alive. */
  close(): Promise<void>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Parsed when it is JSON, else text. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into it knows better
  readonly body: any;
}
