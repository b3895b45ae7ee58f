import { forbiddenObject } from '../../kube/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { asJsonObject } from '../schema/index.ts';

export interface PriorityClass extends KubeObject {
  readonly value?: number;
  readonly globalDefault?: boolean;
  readonly preemptionPolicy?: string;
}

/** Of pods when no class is the default one. Source: pkg/apis/scheduling/types.go. */
const withoutDefault = { value: 0, preemptionPolicy: 'PreemptLowerPriority' };

/**
 * A new pod with the priority of its class, or of the default one. Throws StatusError 403 when there is no such class, or
 * when the pod says another priority. Source: Kubernetes plugin/pkg/admission/priority.
 */
export function withPriority(
  type: ResourceType,
  pod: KubeObject,
  classes: readonly PriorityClass[],
): KubeObject {
  const spec = asJsonObject(pod['spec']);
  const refuse = (text: string) => forbiddenObject(type, nameOf(pod), text);
  const asked = String(spec['priorityClassName'] ?? '');
  const found = asked === '' ? defaultOf(classes) : classes.find(({ metadata }) => metadata.name === asked);
  if (asked !== '' && found === undefined) throw refuse(`no PriorityClass with name ${asked} was found`);
  const { value: priority = 0, preemptionPolicy } = found ?? withoutDefault;
  if ((spec['priority'] ?? priority) !== priority) {
    throw refuse(
      `the integer value of priority (${spec['priority']}) must not be provided in pod spec; ` +
        `priority admission controller computed ${priority} from the given PriorityClass name`,
    );
  }
  if (preemptionPolicy !== undefined && (spec['preemptionPolicy'] ?? preemptionPolicy) !== preemptionPolicy) {
    throw refuse(
      `the string value of PreemptionPolicy (${spec['preemptionPolicy']}) must not be provided in pod spec; ` +
        `priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`,
    );
  }
  const name = found?.metadata.name;
  const named = name === undefined ? {} : { priorityClassName: name };
  const preempts = preemptionPolicy === undefined ? {} : { preemptionPolicy };
  return { ...pod, spec: { ...spec, ...named, priority, ...preempts } };
}

/** Throws StatusError 403 for a second default class. */
export function confirmOneDefault(
  type: ResourceType,
  { metadata, globalDefault }: PriorityClass,
  classes: readonly PriorityClass[],
): void {
  const { name = '' } = metadata;
  const current = defaultOf(classes)?.metadata.name ?? name;
  if (globalDefault !== true || current === name) return;
  const text = `PriorityClass ${current} is already marked as default. Only one default can exist`;
  throw forbiddenObject(type, name, text);
}

/** Of several, which only a race can make, the lowest counts. */
function defaultOf(classes: readonly PriorityClass[]): PriorityClass | undefined {
  const marked = classes.filter(({ globalDefault }) => globalDefault === true);
  return marked.toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
}

function nameOf({ metadata: { name, generateName = 'Unknown' } }: KubeObject): string {
  return name ?? generateName;
}
