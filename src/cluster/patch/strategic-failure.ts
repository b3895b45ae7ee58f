import { badRequest, goValue, type StatusError, untypedError } from '../../kube/index.ts';

/**
 * What kube-apiserver answers to a strategic merge patch whose directives cannot be followed: its merging says so without a
 * type, so that it is a 500. Source: apimachinery/pkg/util/strategicpatch, pkg/util/mergepatch.
 */
export const strategicFailure = {
  unknownDirective: (patch: Readonly<Record<string, unknown>>): StatusError => {
    const directive = patch['$patch'];
    const shown = typeof directive === 'string' ? directive : `%!s(int64=${goValue(directive)})`;
    return untypedError(`unknown patch type: ${shown} in map: ${goValue(patch)}`);
  },
  mixedElements: (current: readonly unknown[], patch: readonly unknown[]): StatusError =>
    untypedError(`list element types are not identical: ${goValue([current, patch])}`),
  noMergeKey: (element: unknown, mergeKey: string): StatusError =>
    untypedError(`map: ${goValue(element)} does not contain declared merge key: ${mergeKey}`),
  noList: (value: unknown): StatusError =>
    untypedError(`expected a []interface {}, but received a ${typeof value}`),
  otherOrder: (patch: readonly unknown[], order: readonly unknown[]): StatusError =>
    untypedError(
      `The order in patch list:\n${goValue(patch)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`,
    ),
  retainedKeys: (): StatusError => badRequest('invalid patch format of retainKeys'),
} as const;
