/** A webhook was not reached, or did not answer as it should. Its message is for who asked the API server. */
export class WebhookCallError extends Error {
  override readonly name = 'WebhookCallError';
  readonly code = 'SP_WEBHOOK_CALL';
}
