import type { KubeObject } from '../resources/index.ts';

export interface SigningCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: string | null;
  readonly lastTransitionTime?: string | null;
}

/** A CertificateSigningRequest. */
export interface SigningRequest extends KubeObject {
  readonly spec: {
    /** PEM, in base64. */
    readonly request: string;
    readonly signerName: string;
    readonly usages: readonly string[];
    readonly expirationSeconds?: number;
  };
  readonly status: {
    /** PEM, in base64. */
    readonly certificate?: string;
    readonly conditions?: readonly SigningCondition[];
  };
}

/** The request for a certificate that is in it, PEM. */
export function requestIn({ spec }: SigningRequest): string {
  return Buffer.from(spec.request, 'base64').toString('latin1');
}
