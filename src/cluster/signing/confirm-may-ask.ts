import { fieldError, forbiddenObject, invalid } from '../../kube/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { clientSigner } from './signers.ts';
import { requestIn, type SigningRequest } from './signing-request.ts';

/**
 * A new request must be readable, and nobody asks to become one of system:masters. Throws StatusError 422 or 403.
 * Source: Kubernetes pkg/apis/certificates/validation, plugin/pkg/admission/certificates/subjectrestriction.
 */
export async function confirmMayAsk(type: ResourceType, object: KubeObject): Promise<void> {
  const asked = object as SigningRequest;
  const { name = '' } = asked.metadata;
  const { readCertificateRequest } = await import('../../certificates/index.ts');
  const read = () => {
    try {
      return readCertificateRequest(requestIn(asked));
    } catch (error) {
      const { message } = error as Error;
      throw invalid(type, name, [fieldError.invalid('spec.request', asked.spec.request, message)]);
    }
  };
  if (!read().organizations.includes('system:masters') || asked.spec.signerName !== clientSigner) return;
  throw forbiddenObject(type, name, `use of ${clientSigner} signer with system:masters group is not allowed`);
}
