import { type FieldError, fieldError } from '../../../kube/index.ts';

/** A path that stays below where it begins. Source: Kubernetes pkg/apis/core/validation validateLocalDescendingPath. */
export function relativePathErrors(text: string, path: string): FieldError[] {
  const errors = text.startsWith('/') ? [fieldError.invalid(path, text, 'must be a relative path')] : [];
  const isBack = text.split('/').includes('..');
  return isBack ? [...errors, fieldError.invalid(path, text, "must not contain '..'")] : errors;
}
