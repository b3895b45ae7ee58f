/** What is wrong with a webhook's answer, for who asked the API server. */
export class ConversionError extends Error {
  override readonly name = 'ConversionError';
  readonly code = 'SP_CONVERSION';
}
