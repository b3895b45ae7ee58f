/**
 * Background work that the API itself needs: emptying namespaces, what every namespace contains, garbage collection by
 * owner. Workloads are nobody's here: no scheduler, no kubelet, no deployment controller.
 */
export { type Lifecycle, startLifecycle } from './lifecycle.ts';
