/**
 * Kubernetes discovery documents of the served resources, built once at load.
 * It does not answer HTTP: the caller sends headers and 304.
 */
export { type DiscoveryDocument, discoveryDocument } from './discovery-document.ts';
