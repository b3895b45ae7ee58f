import type { RequestQuery } from './request-query.ts';

const CHECKS = ['ping', 'log', 'etcd'];

/**
 * What /healthz, /livez, /readyz and the checks below them say, as whoever is answered at all is told that all is well.
 * @returns undefined when there is no such check. Source: Kubernetes apiserver/pkg/server/healthz.
 */
export function healthText(path: string, query: RequestQuery): string | undefined {
  const [, name = '', check] = /^\/(healthz|livez|readyz)(?:\/([\w-]+))?$/.exec(path) ?? [];
  if (name === '') return undefined;
  if (check !== undefined) return CHECKS.includes(check) ? 'ok' : undefined;
  if (!query.pairs.some(([key]) => key === 'verbose')) return 'ok';
  const excluded = new Set(query.all('exclude'));
  const lines = CHECKS.map((each) => `[+]${each} ${excluded.has(each) ? 'excluded: ' : ''}ok\n`);
  return `${lines.join('')}${name} check passed\n`;
}
