/**
 * Kubernetes discovery documents of the served resources, built once for each table of them.
 * It does not answer HTTP: the caller sends headers and 304.
 */
export { aggregatedGroups, type DiscoveryVersion } from './aggregated-groups.ts';
export { type DiscoveryDocument, discoveryDocument, isOfGroups } from './discovery-document.ts';
export { apiGroup, apiResourceList } from './legacy-documents.ts';
