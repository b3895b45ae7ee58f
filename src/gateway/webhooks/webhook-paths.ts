/** Where the webhooks are served. */
export const webhookPaths = {
  authentication: '/webhooks/authentication',
  authorization: '/webhooks/authorization',
} as const;

export type WebhookPath = (typeof webhookPaths)[keyof typeof webhookPaths];
