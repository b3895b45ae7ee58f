import { isDeepStrictEqual } from 'node:util';
import { forbiddenObject } from '../../kube/index.ts';
import type { KubeObject } from '../resources/index.ts';
import { asJsonObject } from '../schema/index.ts';
import type { Call } from './handler-context.ts';

/**
 * Who approves or denies a certificate, or says that it was signed, needs the right for its signer, besides the one for the
 * request. Throws StatusError 403. Source: Kubernetes plugin/pkg/admission/certificates/approval, signing; util.go
 * IsAuthorizedForSignerName.
 */
export function confirmSigner(call: Call, next: KubeObject, signingRequest: KubeObject): void {
  const { request, type, name } = call;
  const verb = verbOf(call, next, signingRequest);
  if (verb === undefined) return;
  const signer = String(asJsonObject(signingRequest['spec'])['signerName'] ?? '');
  const [domain = ''] = signer.split('/');
  const isAllowed = [signer, `${domain}/*`].some((signerName) => {
    const attributes = {
      user: request.user,
      verb,
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
  if (isAllowed) return;
  const text = `user not permitted to ${verb} requests with signerName ${JSON.stringify(signer)}`;
  throw forbiddenObject(type, name, text);
}

/** What is done to the request; undefined for what needs no further right. */
function verbOf(
  { type, subresource }: Call,
  next: KubeObject,
  old: KubeObject,
): 'approve' | 'sign' | undefined {
  if (subresource === 'approval') return 'approve';
  if (subresource !== 'status' || type.group !== 'certificates.k8s.io') return undefined;
  const [after, before] = [asJsonObject(next['status']), asJsonObject(old['status'])];
  const isSame = ['certificate', 'conditions'].every((field) =>
    isDeepStrictEqual(after[field], before[field]),
  );
  return isSame ? undefined : 'sign';
}
