import type { KeptForm } from '../resource-type.ts';
import { autoscalingV1 } from './autoscaling-v1.ts';
import { eventsV1 } from './events-v1.ts';

/** Built-in kinds of which there is a second form, by `group/version/plural`. */
export const keptForms: ReadonlyMap<string, KeptForm> = new Map([
  ['autoscaling/v1/horizontalpodautoscalers', autoscalingV1],
  ['events.k8s.io/v1/events', eventsV1],
]);
