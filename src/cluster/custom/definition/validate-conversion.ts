import { dns1035LabelErrors, type FieldError, fieldError } from '../../../kube/index.ts';
import { addressErrors, caBundleErrors } from '../../webhooks/index.ts';
import { reviewVersions } from '../conversion/conversion-review.ts';
import type { DefinitionConversion } from './definition.ts';

const path = 'spec.conversion';
/** What v1 calls `webhook`, Kubernetes' own form of a definition keeps in two fields, and names them. */
const clientConfigPath = `${path}.webhookClientConfig`;
const reviewVersionsPath = `${path}.conversionReviewVersions`;

/**
 * Source: apiextensions validation.go validateCustomResourceConversion.
 * @param before what has been let in once: what was wrong in it may stay
 */
export function validateConversion(
  conversion: DefinitionConversion | undefined,
  before: DefinitionConversion | undefined,
): FieldError[] {
  if (conversion === undefined) return [];
  const { strategy = '', webhook } = conversion;
  if (strategy === '') return [fieldError.required(`${path}.strategy`)];
  if (strategy === 'Webhook') {
    return [
      ...clientConfigErrors(webhook, before?.webhook),
      ...reviewVersionErrors(webhook?.conversionReviewVersions ?? [], before?.webhook),
    ];
  }
  const detail = 'should not be set when strategy is not set to Webhook';
  return [
    ...(strategy === 'None'
      ? []
      : [fieldError.notSupported(`${path}.strategy`, strategy, ['None', 'Webhook'])]),
    ...(webhook?.clientConfig === undefined ? [] : [fieldError.forbidden(clientConfigPath, detail)]),
    ...((webhook?.conversionReviewVersions ?? []).length === 0
      ? []
      : [fieldError.forbidden(reviewVersionsPath, detail)]),
  ];
}

type Webhook = DefinitionConversion['webhook'];

function clientConfigErrors(webhook: Webhook, before: Webhook): FieldError[] {
  const config = webhook?.clientConfig;
  if (config === undefined) {
    return [fieldError.required(clientConfigPath, 'required when strategy is set to Webhook')];
  }
  const old = before?.clientConfig;
  const hadBadBundle = old !== undefined && caBundleErrors(old, clientConfigPath).length > 0;
  return [
    ...addressErrors(config, clientConfigPath),
    ...(hadBadBundle ? [] : caBundleErrors(config, clientConfigPath)),
  ];
}

function reviewVersionErrors(versions: readonly string[], before: Webhook): FieldError[] {
  if (versions.length === 0) return [fieldError.required(reviewVersionsPath)];
  const errors = versions.flatMap((version, index) => {
    const field = `${reviewVersionsPath}[${index}]`;
    if (versions.indexOf(version) < index) return [fieldError.invalid(field, version, 'duplicate version')];
    return dns1035LabelErrors(version).map((detail) => fieldError.invalid(field, version, detail));
  });
  if (versions.some(isSpoken) || hadNoneSpoken(before)) return errors;
  const detail = `must include at least one of ${reviewVersions.join(', ')}`;
  return [...errors, fieldError.invalid(reviewVersionsPath, versions, detail)];
}

function isSpoken(version: string): boolean {
  return reviewVersions.includes(version);
}

function hadNoneSpoken(before: Webhook): boolean {
  const versions = before?.conversionReviewVersions ?? [];
  return versions.length > 0 && !versions.some(isSpoken);
}
