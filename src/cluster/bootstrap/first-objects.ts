import recorded from '../data/first-objects.json' with { type: 'json' };
import type { KubeObject } from '../resources/index.ts';

/**
 * What kube-apiserver makes of itself at its start, as recorded, but for RBAC: priority levels and flow schemas, the range of
 * services' addresses, where the API is.
 * @param now as metav1.Time writes it
 */
export function firstObjects(now: string): readonly KubeObject[] {
  const moments: Readonly<Record<string, string>> = { '{now}': now, '{today}': now.slice(0, 10) };
  const text = JSON.stringify(recorded);
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' && Object.hasOwn(moments, value) ? moments[value] : value,
  ) as KubeObject[];
}
