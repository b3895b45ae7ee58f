import type { CertificateRequest } from '../../certificates/index.ts';

export const clientSigner = 'kubernetes.io/kube-apiserver-client';

const nodeGroup = 'system:nodes';
const nodePrefix = 'system:node:';

/** Throws an Error that says what the signer does not sign. */
type Confirm = (request: CertificateRequest, usages: readonly string[]) => void;

/** What each signer signs. Source: Kubernetes pkg/controller/certificates/signer, pkg/apis/certificates/helpers.go. */
export const signers: ReadonlyMap<string, Confirm> = new Map<string, Confirm>([
  [
    clientSigner,
    (_request, usages) => {
      const other = usages.find((usage) => !clientUsages.includes(usage));
      if (other !== undefined) throw new Error(`invalid usage for client certificate: ${other}`);
      if (usages.includes('client auth')) return;
      throw new Error('missing required usage for client certificate: client auth');
    },
  ],
  [
    'kubernetes.io/kube-apiserver-client-kubelet',
    (request, usages) => {
      confirmNodeGroup(request);
      if (request.dnsNames.length > 0) throw new Error('DNS subjectAltNames are not allowed');
      if (request.emails > 0) throw new Error('Email subjectAltNames are not allowed');
      if (request.addresses > 0) throw new Error('IP subjectAltNames are not allowed');
      if (request.uris > 0) throw new Error('URI subjectAltNames are not allowed');
      confirmNodeName(request);
      confirmUsages(usages, 'client auth');
    },
  ],
  [
    'kubernetes.io/kubelet-serving',
    (request, usages) => {
      confirmNodeGroup(request);
      if (request.dnsNames.length === 0 && request.addresses === 0) {
        throw new Error('DNS or IP subjectAltName is required');
      }
      if (request.emails > 0) throw new Error('Email subjectAltNames are not allowed');
      if (request.uris > 0) throw new Error('URI subjectAltNames are not allowed');
      confirmUsages(usages, 'server auth');
      confirmNodeName(request);
    },
  ],
]);

/** Whether it is one of the cluster's own signers. */
export function signsFor(signerName: string): boolean {
  return signers.has(signerName);
}

const clientUsages = ['digital signature', 'key encipherment', 'client auth'];

function confirmNodeGroup({ organizations }: CertificateRequest): void {
  if (organizations.length !== 1 || organizations[0] !== nodeGroup) {
    throw new Error(`subject organization is not ${nodeGroup}`);
  }
}

function confirmNodeName({ commonName }: CertificateRequest): void {
  if (!commonName.startsWith(nodePrefix)) {
    throw new Error(`subject common name does not begin with ${nodePrefix}`);
  }
}

/** Key encipherment is for RSA keys only. */
function confirmUsages(usages: readonly string[], purpose: string): void {
  const required = ['digital signature', 'key encipherment', purpose].toSorted();
  const given = new Set(usages);
  const missing = required.filter((usage) => !given.has(usage) && usage !== 'key encipherment');
  const isOther = [...given].some((usage) => !required.includes(usage));
  if (missing.length > 0 || isOther) throw new Error(`usages did not match [${required.join(' ')}]`);
}
