import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../kube/index.ts';

const NODE = 'system:node:';
const SERVICE_ACCOUNT = 'system:serviceaccount:';

export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * The service account that a username means. Those that only look like one (`system:serviceaccount:NS:x`) are plain
 * users. Source: Kubernetes apiserver pkg/authentication/serviceaccount SplitUsername.
 */
export function serviceAccountOf(username: string): ServiceAccountName | undefined {
  if (!username.startsWith(SERVICE_ACCOUNT)) return undefined;
  const [namespace = '', name = '', ...more] = username.slice(SERVICE_ACCOUNT.length).split(':');
  const isValid =
    more.length === 0 &&
    dns1123LabelErrors(namespace).length === 0 &&
    dns1123SubdomainErrors(name).length === 0;
  return isValid ? { namespace, name } : undefined;
}

/** The name of the node that a username means. */
export function nodeNameOf(username: string): string | undefined {
  if (!username.startsWith(NODE)) return undefined;
  const name = username.slice(NODE.length);
  return dns1123SubdomainErrors(name).length === 0 ? name : undefined;
}
