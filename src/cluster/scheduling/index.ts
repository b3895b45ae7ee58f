/**
 * Which node a pod may go to, pure: taints, node and pod affinity, ports, resources. The simulated scheduler and the
 * controllers that look at nodes ask here. Only what is required is heeded; among one node there is nothing to prefer.
 */
export { matchesNode } from './node-affinity.ts';
export { obstacleOnNode, type Placed } from './obstacle.ts';
export { type Taint, type Toleration, toleratesAll, untolerated } from './taints.ts';
export { createUsedResources, type UsedResources } from './used-resources.ts';
