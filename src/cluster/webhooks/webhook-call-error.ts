/** A webhook was not reached, or did not answer as it should. Its message is for who asked the API server. */
export class WebhookCallError extends Error {
  override readonly name = 'WebhookCallError';
  readonly code = 'SP_WEBHOOK_CALL';
  /** The HTTP status of its answer; undefined when there was none, or when it was a success that cannot be read. */
  readonly answered: number | undefined;

  constructor(message: string, answered?: number) {
    super(message);
    this.answered = answered;
  }
}
