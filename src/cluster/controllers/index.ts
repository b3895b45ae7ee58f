/**
 * What makes the embedded API a small world that lives: controllers that bring about what objects ask for, as those of
 * kube-controller-manager do. They write as requests do, but they are no users: nothing of them is authorized or audited.
 * Running pods is not theirs: that is the simulated node's.
 */

import { autoscalerController } from './autoscaler/autoscaler-controller.ts';
import { signingController } from './certificates/signing-controller.ts';
import { clusterRoleController } from './cluster-role-controller.ts';
import type { Controller } from './controller.ts';
import { cronJobController } from './cron-job/cron-job-controller.ts';
import { daemonSetController } from './daemon-set/daemon-set-controller.ts';
import { deploymentController } from './deployment/deployment-controller.ts';
import { disruptionBudgetController } from './disruption-budget-controller.ts';
import { endpointSliceController } from './endpoints/endpoint-slice-controller.ts';
import { jobController } from './job/job-controller.ts';
import { policyStatusController } from './policy-status-controller.ts';
import { quotaController } from './quota-controller.ts';
import { replicaSetController, replicationControllerController } from './replica-set-controller.ts';
import { statefulSetController } from './stateful-set/stateful-set-controller.ts';
import { taintEvictionController } from './taint-eviction-controller.ts';
import { claimController } from './volumes/claim-controller.ts';
import { volumeController } from './volumes/volume-controller.ts';

export const allControllers: readonly Controller[] = [
  deploymentController,
  replicaSetController,
  replicationControllerController,
  statefulSetController,
  daemonSetController,
  jobController,
  cronJobController,
  endpointSliceController,
  claimController,
  volumeController,
  disruptionBudgetController,
  quotaController,
  autoscalerController,
  signingController,
  clusterRoleController,
  taintEvictionController,
  policyStatusController,
];
export { type Controllers, type ControllersDeps, runControllers } from './run-controllers.ts';
