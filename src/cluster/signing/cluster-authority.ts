import type { KeyPair } from '../../certificates/index.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { createSharedSecret, type SharedSecretDeps } from '../shared-secret.ts';
import { publishAuthority } from './publish-authority.ts';
import { signers } from './signers.ts';
import { requestIn, type SigningRequest } from './signing-request.ts';

/** The authority that signs what was approved: one for all processes on a store, made when it is first needed. */
export interface ClusterAuthority {
  /** Its certificate, PEM: who trusts it, takes the clients' certificates that it signs. */
  certificate(): Promise<string>;
  /**
   * A certificate for a request to one of its signers, PEM.
   * @throws UnsignableError that says why it is not signed
   */
  sign(request: SigningRequest): Promise<string>;
}

export class UnsignableError extends Error {}

/** Source: kube-controller-manager --cluster-signing-duration, authority.PermissiveSigningPolicy. */
const longestMs = 365 * 86_400_000;
const backdateMs = 5 * 60_000;

export function createClusterAuthority(deps: SharedSecretDeps, context: ObjectContext): ClusterAuthority {
  const secret = createSharedSecret(deps, 'authority');
  let known: KeyPair | undefined;

  async function authority(): Promise<KeyPair> {
    if (known !== undefined) return known;
    const pair = JSON.parse(
      await secret.make(async () => {
        const { createCertificateAuthority } = await import('../../certificates/index.ts');
        return JSON.stringify(
          await createCertificateAuthority(new Date(context.now()), 'Sallyport cluster CA'),
        );
      }),
    ) as KeyPair;
    await publishAuthority(context, pair.certificate);
    known = pair;
    return known;
  }

  return {
    certificate: async () => (await authority()).certificate,

    async sign(request) {
      const { signerName, usages, expirationSeconds } = request.spec;
      const confirm = signers.get(signerName);
      if (confirm === undefined) throw new UnsignableError(`nobody signs for ${signerName} here`);
      const { readCertificateRequest, signCertificateRequest } = await import('../../certificates/index.ts');
      const asked = unsignable(() => {
        const read = readCertificateRequest(requestIn(request));
        confirm(read, usages);
        return read;
      });
      const now = context.now();
      const lastsMs = Math.min((expirationSeconds ?? Infinity) * 1000, longestMs);
      return signCertificateRequest(await authority(), asked, usagesOf(usages), {
        notBefore: new Date(now - backdateMs),
        notAfter: new Date(now + lastsMs - (lastsMs === longestMs ? backdateMs : 0)),
      });
    },
  };
}

function unsignable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UnsignableError((error as Error).message);
  }
}

function usagesOf(usages: readonly string[]) {
  const digitalSignature = usages.includes('digital signature') ? 0x80 : 0;
  const keyEncipherment = usages.includes('key encipherment') ? 0x20 : 0;
  const purposes = [
    ...(usages.includes('client auth') ? ['clientAuth' as const] : []),
    ...(usages.includes('server auth') ? ['serverAuth' as const] : []),
  ];
  return { keyUsage: digitalSignature | keyEncipherment, purposes };
}
