/**
 * Where a webhook is: at a URL, or behind a service of the cluster.
 * Source: apiextensions v1 and admissionregistration v1 WebhookClientConfig.
 */
export interface ClientConfig {
  /** https, without user information, query and fragment. */
  readonly url?: string;
  readonly service?: WebhookService;
  /** PEM, base64. Absent or blank: the authorities that Node.js trusts. */
  readonly caBundle?: string;
}

export interface WebhookService {
  readonly namespace: string;
  readonly name: string;
  /** Of the webhook; the root when absent. */
  readonly path?: string;
  /** Of the service. Default: 443. */
  readonly port?: number;
}

/** The authorities' PEM; undefined when there is nothing but white space. */
export function caBundleOf({ caBundle = '' }: Pick<ClientConfig, 'caBundle'>): string | undefined {
  const pem = Buffer.from(caBundle, 'base64').toString('latin1');
  return pem.trim() === '' ? undefined : pem;
}
