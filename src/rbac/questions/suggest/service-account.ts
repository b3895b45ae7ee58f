import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../../kube/index.ts';

/** A user name that is a service account's, taken apart. */
export function parseServiceAccount(username: string): { namespace: string; name: string } | undefined {
  const match = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username);
  const [, namespace = '', name = ''] = match ?? [];
  return match !== null && dns1123LabelErrors(namespace).length + dns1123SubdomainErrors(name).length === 0
    ? { namespace, name }
    : undefined;
}
