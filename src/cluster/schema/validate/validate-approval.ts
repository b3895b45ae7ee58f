import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject } from '../json-object.ts';

type Json = Record<string, unknown>;

const path = 'status.conditions';
const verdicts = ['Approved', 'Denied'] as const;

/**
 * A certificate is granted on /approval alone and for good: a verdict is neither changed nor taken back, and there are not two.
 * Source: Kubernetes pkg/apis/certificates/validation ValidateCertificateSigningRequestApprovalUpdate.
 * @param mayJudge on /approval
 */
export function validateApproval(request: KubeObject, old: KubeObject, mayJudge: boolean): FieldError[] {
  const errors: FieldError[] = [];
  for (const type of [...verdicts, 'Failed']) {
    const before = conditionsOf(old).filter((each) => each['type'] === type);
    const now = conditionsOf(request).filter((each) => each['type'] === type);
    if (now.some((each) => each['status'] !== 'True')) {
      errors.push(fieldError.notSupported(`${path}.status`, now[0]?.['status'], ['True']));
    }
    if (before.length > 0 && !isDeepStrictEqual(before, now)) {
      errors.push(fieldError.forbidden(path, `updates may not remove a condition of type "${type}"`));
    }
    const isVerdict = type !== 'Failed';
    if (before.length === 0 && now.length > 0 && isVerdict && !mayJudge) {
      errors.push(fieldError.forbidden(path, `updates may not add a condition of type "${type}"`));
    }
  }
  const found = new Set(conditionsOf(request).map((each) => each['type']));
  if (verdicts.every((type) => found.has(type))) {
    errors.push(fieldError.invalid(path, 'Denied', 'Approved and Denied conditions are mutually exclusive'));
  }
  return errors;
}

function conditionsOf(request: KubeObject): readonly Json[] {
  return asJsonArray(asJsonObject(request['status'])['conditions']).map(asJsonObject);
}
