/** Writing a login into a kubeconfig. An index of its own, since who writes one has no use for the ways to a server. */
export { type KubeconfigLogin, kubeconfigWith, mergeKubeconfig } from './merge-kubeconfig.ts';
