import type { Condition } from './shapes.ts';

/** The condition of a type, if there is one. */
export function conditionOf(list: readonly Condition[] | undefined, type: string): Condition | undefined {
  return list?.find((each) => each.type === type);
}

/**
 * A list with one condition set, at its end. One that says the same already stays as it is, times included; the time of
 * its transition stays while its status does. Source: pkg/controller/deployment/util SetDeploymentCondition.
 * @param time now, as metav1.Time is written
 */
export function withCondition(
  list: readonly Condition[],
  condition: Condition,
  time: string,
): readonly Condition[] {
  const before = conditionOf(list, condition.type);
  if (before?.status === condition.status && before.reason === condition.reason) return list;
  const lastTransitionTime = before?.status === condition.status ? (before.lastTransitionTime ?? time) : time;
  return [...withoutCondition(list, condition.type), { ...condition, lastTransitionTime }];
}

export function withoutCondition(list: readonly Condition[], type: string): readonly Condition[] {
  return list.filter((each) => each.type !== type);
}
