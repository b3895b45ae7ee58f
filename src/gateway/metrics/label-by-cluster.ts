import type { MetricRegistry } from './metric-registry.ts';

/**
 * The same metrics for each cluster behind the gateway, told apart by the label `cluster`. It comes first; the cluster
 * without a prefix has the empty value, which Prometheus takes for no label: with one cluster, nothing is different.
 */
export function labelByCluster(registry: MetricRegistry): (cluster: string) => MetricRegistry {
  const made = new Map<string, unknown>();
  const once = <Family>(name: string, make: () => Family): Family => {
    if (!made.has(name)) made.set(name, make());
    return made.get(name) as Family;
  };
  return (cluster) => ({
    counter(name, help, labels = []) {
      const family = once(name, () => registry.counter(name, help, ['cluster', ...labels]));
      return { labels: (...values) => family.labels(cluster, ...values) };
    },
    gauge(name, help, labels = []) {
      const family = once(name, () => registry.gauge(name, help, ['cluster', ...labels]));
      return { labels: (...values) => family.labels(cluster, ...values) };
    },
    histogram(name, help, labels, bounds) {
      const family = once(name, () => registry.histogram(name, help, ['cluster', ...labels], bounds));
      return { labels: (...values) => family.labels(cluster, ...values) };
    },
    beforeScrape: (read) => registry.beforeScrape(read),
  });
}
