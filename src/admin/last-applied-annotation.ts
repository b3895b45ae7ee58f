/** kubectl apply writes into it what it has applied. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
