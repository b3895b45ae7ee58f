import { asJsonArray, asJsonObject } from '../schema/index.ts';

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

/** The node's taints with these effects that no toleration of the pod's spec is about. */
export function untolerated(
  podSpec: unknown,
  nodeSpec: unknown,
  effects: readonly string[],
): readonly Taint[] {
  const tolerations = asJsonArray(asJsonObject(podSpec)['tolerations']) as readonly Toleration[];
  return taintsOf(nodeSpec, effects).filter((taint) => !tolerations.some((each) => isAbout(each, taint)));
}

/**
 * How long the pod bears all the node's taints with the effect, in seconds: Infinity for as long as they are there,
 * 0 when it does not. Source: pkg/controller/tainteviction getMinTolerationTime.
 */
export function toleratesAll(podSpec: unknown, nodeSpec: unknown, effect: string): number {
  const tolerations = asJsonArray(asJsonObject(podSpec)['tolerations']) as readonly Toleration[];
  const times = taintsOf(nodeSpec, [effect]).map((taint) => {
    const about = tolerations.filter((each) => isAbout(each, taint));
    if (about.length === 0) return 0;
    return Math.min(...about.map(({ tolerationSeconds = Infinity }) => Math.max(0, tolerationSeconds)));
  });
  return Math.min(Infinity, ...times);
}

function taintsOf(nodeSpec: unknown, effects: readonly string[]): readonly Taint[] {
  const taints = asJsonArray(asJsonObject(nodeSpec)['taints']) as readonly Taint[];
  return taints.filter(({ effect }) => effects.includes(effect));
}

/** Source: Kubernetes api/core/v1/toleration.go ToleratesTaint. */
function isAbout({ key = '', operator = '', value = '', effect = '' }: Toleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || value === (taint.value ?? '');
}
