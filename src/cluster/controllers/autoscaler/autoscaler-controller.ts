import { type Controller, controllerOf } from '../controller.ts';
import { autoscalers, pods } from '../kinds.ts';

/**
 * Keeps as many pods as metrics say are needed. What pods use changes without anybody's telling, so it looks every 15 seconds.
 * How it is done is loaded with the first autoscaler: most clusters have none.
 */
export const autoscalerController: Controller = controllerOf({
  name: 'horizontal-pod-autoscaler',
  kind: autoscalers,
  follows: [pods],
  concerns: () => [],
  reconcile: async (deps, autoscaler) => (await import('./autoscale.ts')).autoscale(deps, autoscaler),
});
