/**
 * What a cluster contains before anybody has made anything: namespaces, the kubernetes service, the default RBAC
 * objects. Runs at every start and completes what is missing.
 */
export { bootstrap } from './bootstrap.ts';
