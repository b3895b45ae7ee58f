import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { Definition } from './definition.ts';

const path = 'spec.conversion';

/**
 * Versions differ by their apiVersion alone: objects are not sent to webhooks, and a definition that counts on one is
 * refused rather than served wrongly. Source: apiextensions validation.go validateCustomResourceConversion.
 */
export function validateConversion(conversion: Definition['spec']['conversion']): FieldError[] {
  if (conversion === undefined) return [];
  const { strategy = '', webhook } = conversion;
  if (strategy === '') return [fieldError.required(`${path}.strategy`)];
  if (strategy === 'Webhook') {
    return [
      fieldError.invalid(
        `${path}.strategy`,
        strategy,
        'conversion webhooks are not supported by this API server; use None, which changes apiVersion only',
      ),
    ];
  }
  if (strategy !== 'None')
    return [fieldError.notSupported(`${path}.strategy`, strategy, ['None', 'Webhook'])];
  if (webhook === undefined) return [];
  const detail = 'should not be set when strategy is not set to Webhook';
  return [fieldError.forbidden(`${path}.webhookClientConfig`, detail)];
}
