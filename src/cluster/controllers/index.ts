/**
 * What makes the embedded API a small world that lives: controllers that bring about what objects ask for, as those of
 * kube-controller-manager do. They write as requests do, but they are no users: nothing of them is authorized or audited.
 * Running pods is not theirs: that is the simulated node's.
 */

import type { Controller } from './controller.ts';
import { deploymentController } from './deployment/deployment-controller.ts';
import { replicaSetController, replicationControllerController } from './replica-set-controller.ts';

export const allControllers: readonly Controller[] = [
  deploymentController,
  replicaSetController,
  replicationControllerController,
];
export { type Controllers, type ControllersDeps, runControllers } from './run-controllers.ts';
