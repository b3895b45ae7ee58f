import type { KubeObject } from '../resources/index.ts';
import { podRequests, quantityRatio } from '../schema/index.ts';

/** What the pods of a node have asked for, kept as they come and go. */
export interface UsedResources {
  add(key: string, pod: KubeObject): void;
  remove(key: string): void;
  /** The resources of which a node with so much has too little left for the pod. */
  lacking(pod: KubeObject, allocatable: Readonly<Record<string, string>>): readonly string[];
}

/** In units of the resource: cores, bytes. */
type Amounts = Readonly<Record<string, number>>;

export function createUsedResources(): UsedResources {
  const asked = new Map<string, Amounts>();
  const used = new Map<string, number>();

  function count(amounts: Amounts, sign: 1 | -1): void {
    for (const [name, amount] of Object.entries(amounts))
      used.set(name, (used.get(name) ?? 0) + sign * amount);
  }

  function remove(key: string): void {
    const amounts = asked.get(key);
    asked.delete(key);
    if (amounts !== undefined) count(amounts, -1);
  }

  return {
    add(key, pod) {
      remove(key);
      const amounts = amountsOf(pod);
      asked.set(key, amounts);
      count(amounts, 1);
    },
    remove,
    lacking: (pod, allocatable) =>
      Object.entries(amountsOf(pod))
        .filter(([name, amount]) => {
          const all = quantityRatio(allocatable[name] ?? '0', '1');
          // Sums of fractions are not exact.
          return amount > 0 && (used.get(name) ?? 0) + amount > all * (1 + 1e-9);
        })
        .map(([name]) => name),
  };
}

function amountsOf(pod: KubeObject): Amounts {
  const requests = Object.entries(podRequests(pod));
  return Object.fromEntries(requests.map(([name, quantity]) => [name, quantityRatio(quantity, '1')]));
}
