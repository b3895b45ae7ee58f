import type { UserInfo } from '../../kube/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { asJsonObject } from '../schema/index.ts';

/**
 * The object as its maker may make it: a request for a certificate says whose it is, and that is who sends it, whatever
 * the body says. Source: Kubernetes pkg/registry/certificates/certificates/strategy.go PrepareForCreate.
 */
export function requestedBy(type: ResourceType, object: KubeObject, user: UserInfo): KubeObject {
  if (type.group !== 'certificates.k8s.io' || type.kind !== 'CertificateSigningRequest') return object;
  const { username: _, uid: __, groups: ___, extra: ____, ...asked } = asJsonObject(object['spec']);
  const { username, uid = '', groups, extra = {} } = user;
  const requester = {
    username,
    ...(uid !== '' && { uid }),
    ...(groups.length > 0 && { groups }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
  return { ...object, spec: { ...asked, ...requester } };
}
