import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { Definition } from './definition.ts';

const annotation = 'api-approved.kubernetes.io';
const field = `metadata.annotations[${annotation}]`;

/**
 * Kubernetes' own groups are not for anybody to add to without a review.
 * Source: apiextensions validation.go validateAPIApproval, pkg/apihelpers GetAPIApprovalState.
 */
export function protectedGroupErrors(definition: Definition, before: Definition | undefined): FieldError[] {
  const { group = '' } = definition.spec;
  if (!/(?:^|\.)(?:k8s|kubernetes)\.io$/.test(group)) return [];
  const approval = approvalOf(definition);
  if (before !== undefined && approvalOf(before) === approval) return [];
  if (approval === '') {
    const detail = `protected groups must have approval annotation "${annotation}", see https://github.com/kubernetes/enhancements/pull/1111`;
    return [fieldError.required(field, detail)];
  }
  if (approval.startsWith('unapproved') || URL.canParse(approval)) return [];
  const detail = `protected groups must have approval annotation "${annotation}" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`;
  return [fieldError.invalid(field, approval, detail)];
}

function approvalOf({ metadata }: Definition): string {
  return metadata.annotations?.[annotation] ?? '';
}
