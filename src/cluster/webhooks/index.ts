/**
 * Calling the webhooks that objects of a cluster name: where they are, whom their TLS has to convince, what an API server says
 * when they fail. What is asked and answered is the caller's.
 */
export type { ClientConfig, WebhookService } from './client-config.ts';
export { resolveService } from './resolve-service.ts';
export { addressErrors, caBundleErrors } from './validate-client-config.ts';
export { WebhookCallError } from './webhook-call-error.ts';
export { createWebhookClient, type WebhookClient, type WebhookClientDeps } from './webhook-client.ts';
