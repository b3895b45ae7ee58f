/**
 * The gateway as a cluster's own authentication and authorization webhook. Owns the two paths, how their bodies are read
 * and answered, and the static token that opens them. Does not own how tokens are verified or what the policy says.
 */
export { createWebhooks, type WebhooksDeps } from './create-webhooks.ts';
export { webhookPaths } from './webhook-paths.ts';
export {
  guardWebhooks,
  type WebhookGuard,
  type WebhookTokenDeps,
  webhookTokenProblem,
} from './webhook-token.ts';
