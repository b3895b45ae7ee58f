import type { Condition } from '../shapes.ts';
import type { Autoscaler } from './autoscaler.ts';

/** An autoscaler's conditions while it is looked at: each says what was told of it last. */
export interface Conditions {
  set(type: string, status: 'True' | 'False', reason: string, message: string): void;
  list(): readonly Condition[];
}

/** Source: Kubernetes pkg/controller/podautoscaler/horizontal.go setConditionInList. @param time as metav1.Time is written */
export function conditionsOf({ status }: Autoscaler, time: string): Conditions {
  const before = status.conditions ?? [];
  const conditions = new Map(before.map((each) => [each.type, each]));
  return {
    set(type, next, reason, message) {
      const old = before.find((each) => each.type === type);
      const lastTransitionTime = old?.status === next ? (old.lastTransitionTime ?? time) : time;
      conditions.set(type, { type, status: next, lastTransitionTime, reason, message });
    },
    list: () => [...conditions.values()],
  };
}
