import { goQuote } from '../../kube/index.ts';
import type { RequestQuery } from './request-query.ts';

/** What kube-apiserver does once it has started, by the names of its checks. It is done here when the first request is answered. */
const startHooks = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
].map((name) => `poststarthook/${name}`);

const common = [
  ...startHooks,
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
];
const own = ['ping', 'log', 'etcd'];

/** The checks below each path, in the order of kube-apiserver 1.35. */
export const healthChecks: Readonly<Record<string, readonly string[]>> = {
  '/healthz': [...own, ...common],
  '/livez': [...own, ...common],
  '/readyz': [...own, 'etcd-readiness', 'informer-sync', ...common, 'shutdown'],
};

/**
 * What /healthz, /livez, /readyz and the checks below them say, as whoever is answered at all is told that all is well.
 * @returns undefined when there is no such check. Source: Kubernetes apiserver/pkg/server/healthz.
 */
export function healthText(path: string, query: RequestQuery): string | undefined {
  const root = /^\/[a-z]+/.exec(path)?.[0] ?? '';
  const checks = Object.hasOwn(healthChecks, root) ? healthChecks[root] : undefined;
  if (checks === undefined) return undefined;
  if (path !== root) return checks.includes(path.slice(root.length + 1)) ? 'ok' : undefined;
  if (!query.pairs.some(([key]) => key === 'verbose')) return 'ok';
  const excluded = new Set(query.all('exclude'));
  const lines = checks.map((each) => `[+]${each} ${excluded.has(each) ? 'excluded: ' : ''}ok\n`);
  const unknown = [...excluded].filter((each) => !checks.includes(each)).toSorted();
  const warning =
    unknown.length === 0
      ? ''
      : `warn: some health checks cannot be excluded: no matches for ${unknown.map(goQuote).join(',')}\n`;
  return `${lines.join('')}${warning}${root.slice(1)} check passed\n`;
}
