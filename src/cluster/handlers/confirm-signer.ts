import { forbiddenObject } from '../../kube/index.ts';
import type { KubeObject } from '../resources/index.ts';
import { asJsonObject } from '../schema/index.ts';
import type { Call } from './handler-context.ts';

/**
 * Who approves or denies a certificate needs the right for its signer, besides the one for the request. Throws StatusError 403.
 * Source: Kubernetes plugin/pkg/admission/certificates/approval, util.go IsAuthorizedForSignerName.
 */
export function confirmSigner({ request, type, name, subresource }: Call, signingRequest: KubeObject): void {
  if (subresource !== 'approval') return;
  const signer = String(asJsonObject(signingRequest['spec'])['signerName'] ?? '');
  const [domain = ''] = signer.split('/');
  const mayApprove = [signer, `${domain}/*`].some((signerName) => {
    const attributes = {
      user: request.user,
      verb: 'approve',
      isResourceRequest: true,
      path: request.requestInfo.path,
      apiGroup: type.group,
      apiVersion: '*',
      resource: 'signers',
      subresource: '',
      namespace: '',
      name: signerName,
    };
    return request.authorize(attributes).decision === 'allow';
  });
  if (mayApprove) return;
  const text = `user not permitted to approve requests with signerName ${JSON.stringify(signer)}`;
  throw forbiddenObject(type, name, text);
}
