/** Where a review went wrong, in kube-apiserver's words. Source: apiextensions-apiserver/pkg/apiserver/conversion/metrics.go. */
export type ConversionFailure =
  | 'conversion_webhook_call_failure'
  | 'conversion_webhook_malformed_response_failure'
  | 'conversion_webhook_partial_response_failure'
  | 'conversion_webhook_invalid_converted_object_failure';

/** One review that a conversion webhook was asked. */
export interface ConversionReport {
  /** The definition's name. */
  readonly definition: string;
  readonly from: string;
  readonly to: string;
  /** Undefined when all objects were converted. */
  readonly failure: ConversionFailure | undefined;
  readonly ms: number;
}
