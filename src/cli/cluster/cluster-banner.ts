import { relative } from 'node:path';
import type { ClusterOptions } from '../command.ts';

export interface ClusterBannerFacts {
  readonly url: string;
  readonly store: ClusterOptions['store'];
  readonly controllers: boolean;
  /** Absolute path of the file. */
  readonly kubeconfig: string;
  readonly context: string;
  /** The context that the file points to. */
  readonly currentContext: string;
  readonly startupMs: number;
}

/** What there is, and what to type next. */
export function renderClusterBanner(facts: ClusterBannerFacts): string {
  const { url, store, controllers, kubeconfig, context, currentContext, startupMs } = facts;
  const chosen = currentContext === context ? '' : ` --context ${context}`;
  return `Sallyport is ready (${(startupMs / 1000).toFixed(1)} s)

  Kubernetes API     ${url}
  Objects            ${keptIn(store)}${controllers ? '' : '; they stay as they were written'}
  Kubeconfig         ${displayed(kubeconfig)}

Next, in another terminal in this folder:
  export KUBECONFIG=${exported(kubeconfig)}
  kubectl${chosen} get nodes,pods -A
`;
}

function keptIn(store: ClusterOptions['store']): string {
  switch (store.type) {
    case 'memory':
      return 'in memory: gone when it stops';
    case 'sqlite':
      return `in ${store.file}`;
    case 'etcd':
      return `in etcd ${store.endpoints.join(',')}`;
  }
}

/** As the operator would type it. */
function displayed(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}

function exported(path: string): string {
  const near = displayed(path);
  return near === path ? `"${path}"` : `"$PWD/${near}"`;
}
