/**
 * Background work that the API itself needs: emptying namespaces, what every namespace contains, garbage collection by
 * owner. Workloads are not its own: pods are the simulated node's, and what makes pods is the controllers'.
 */
export { type Lifecycle, startLifecycle } from './lifecycle.ts';
