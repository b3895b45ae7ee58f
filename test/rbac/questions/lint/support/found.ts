import { lint, type PolicyObject } from '../../../../../src/rbac/index.ts';
import type { LintOptions } from '../../../../../src/rbac/questions/lint/lint-options.ts';
import { lintPolicy } from '../../lint-policy.ts';

export function found(objects: readonly PolicyObject[], options: LintOptions = {}) {
  return lint(lintPolicy(objects), options);
}

/** `rule severity field` of all that is found on the first object. */
export function onFirst(objects: readonly PolicyObject[], options: LintOptions = {}): string[] {
  const name = objects[0]?.metadata.name;
  return found(objects, options)
    .filter(({ object }) => object.kind === objects[0]?.kind && object.name === name)
    .map(({ rule, severity, field = '' }) => `${rule} ${severity} ${field}`.trim());
}
