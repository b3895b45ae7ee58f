import { matchesLabels, parseLabelSelector } from '../../../kube/index.ts';
import type { ControllerDeps } from '../controller.ts';
import { autoscalers, pods } from '../kinds.ts';
import type { Pod } from '../shapes.ts';
import type { Autoscaler } from './autoscaler.ts';
import { findTarget, type ScaleTarget } from './scale-target.ts';

interface Refusal {
  /** The reason of the event. */
  readonly event: string;
  /** The reason of the condition. */
  readonly reason: string;
  /** What the event says. */
  readonly message: string;
  /** What the condition says. */
  readonly why: string;
}

/** Why it is not clear which pods are meant. Source: validateAndParseSelector. */
export async function refusalOf(
  deps: ControllerDeps,
  autoscaler: Autoscaler,
  target: ScaleTarget,
): Promise<Refusal | undefined> {
  if (target.selector === '') {
    const why = "the HPA target's scale is missing a selector";
    return { event: 'SelectorRequired', reason: 'InvalidSelector', message: 'selector is required', why };
  }
  const { namespace = '' } = autoscaler.metadata;
  const own = new Set(selectedPods(deps, autoscaler, target));
  const rivals: Autoscaler[] = [];
  for (const other of deps.world.list(autoscalers, namespace)) {
    const others = await findTarget(deps, other).catch(() => undefined);
    const shared = others && selectedPods(deps, other, others).some((pod) => own.has(pod));
    if (shared === true || other.metadata.uid === autoscaler.metadata.uid) rivals.push(other);
  }
  if (rivals.length < 2) return undefined;
  const names = rivals.map(({ metadata }) => `{${metadata.name} ${metadata.namespace}}`).join(' ');
  const message = `pods by selector ${target.selector} are controlled by multiple HPAs: [${names}]`;
  return { event: 'AmbiguousSelector', reason: 'AmbiguousSelector', message, why: message };
}

/** The pods that the target says are its own. */
export function selectedPods(
  { world }: ControllerDeps,
  { metadata }: Autoscaler,
  { selector }: ScaleTarget,
): readonly Pod[] {
  if (selector === '') return [];
  const requirements = parseLabelSelector(selector);
  return world
    .list(pods, metadata.namespace ?? '')
    .filter((pod) => matchesLabels(requirements, pod.metadata.labels ?? {}));
}
