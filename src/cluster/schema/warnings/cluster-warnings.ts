import { createPublicKey, X509Certificate } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { rangeWarnings } from './network-warnings.ts';

/** Source: Kubernetes pkg/api/node/util.go, pkg/registry/core/node/strategy.go. */
export function nodeWarnings(node: KubeObject): string[] {
  const { podCIDR, podCIDRs, externalID, configSource } = asJsonObject(node['spec']);
  const ranges = asJsonArray(podCIDRs).length > 0 ? asJsonArray(podCIDRs) : [podCIDR];
  return [
    ...(asText(externalID) === undefined
      ? []
      : ['spec.externalID: this field is deprecated, and is unused by Kubernetes']),
    ...(configSource === undefined
      ? []
      : ['spec.configSource: the feature is removed from the kubelet starting in v1.24, and has no effect']),
    ...ranges.flatMap((range, index) => rangeWarnings(range, `spec.podCIDRs[${index}]`)),
  ];
}

/** Source: pkg/registry/core/serviceaccount/strategy.go. */
export function serviceAccountWarnings(account: KubeObject): string[] {
  const name = 'kubernetes.io/enforce-mountable-secrets';
  return asJsonObject(account.metadata.annotations)[name] === undefined
    ? []
    : [
        `metadata.annotations[${name}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
      ];
}

/** A certificate and a key that do not belong together. Source: pkg/registry/core/secret/strategy.go. */
export function secretWarnings(secret: KubeObject, old: KubeObject | undefined): string[] {
  if (secret['type'] !== 'kubernetes.io/tls') return [];
  if (old !== undefined && isDeepStrictEqual(secret['data'], old['data'])) return [];
  const data = asJsonObject(secret['data']);
  const pem = (field: string) => Buffer.from(String(data[field] ?? ''), 'base64').toString('latin1');
  const problem = keyPairProblem(pem('tls.crt'), pem('tls.key'));
  return problem === undefined ? [] : [problem];
}

/** In the words of Go's crypto/tls X509KeyPair. */
function keyPairProblem(certificate: string, key: string): string | undefined {
  if (!certificate.includes('-----BEGIN ')) return 'tls: failed to find any PEM data in certificate input';
  if (!key.includes('-----BEGIN ')) return 'tls: failed to find any PEM data in key input';
  try {
    const [own, other] = [new X509Certificate(certificate).publicKey, createPublicKey(key)];
    return own.equals(other) ? undefined : 'tls: private key does not match public key';
  } catch {
    // Node.js and Go do not agree about what else may be wrong.
    return undefined;
  }
}
