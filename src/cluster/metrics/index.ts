/**
 * What pods and nodes use, as a metrics-server tells it (metrics.k8s.io/v1beta1). Nothing runs here, so it is made up: of what
 * containers ask for, always the same, unless an annotation says otherwise. Nothing of it is kept.
 */
export { metricsReaderRole } from './metrics-reader-role.ts';
export { isMetrics, metricsTypes } from './metrics-types.ts';
