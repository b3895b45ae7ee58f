import type { ClusterCertificate } from '../../cli/index.ts';
import {
  issueServingCertificate,
  loadServingCertificate,
  type ServingCertificate,
} from '../../gateway/embedded/index.ts';
import { StartError } from '../../start-error.ts';

const WILDCARDS = new Set(['', '0.0.0.0', '::']);

/**
 * What the cluster serves with: the operator's own certificate, else one of its own authority, kept or not.
 * @throws StartError when the directory cannot be used
 */
export async function clusterCertificate(
  choice: ClusterCertificate,
  host: string,
): Promise<ServingCertificate> {
  if (choice.type === 'given') return { ...choice, certificateAuthority: choice.certificate };
  const listening = WILDCARDS.has(host) ? [] : [host];
  const names = [...new Set(['127.0.0.1', '::1', 'localhost', 'kubernetes', ...listening, ...choice.names])];
  if (choice.directory === undefined) return issueServingCertificate(names, new Date());
  try {
    return await loadServingCertificate(choice.directory, names, new Date());
  } catch (error) {
    throw new StartError(`the certificate authority cannot be kept there: ${(error as Error).message}`);
  }
}
