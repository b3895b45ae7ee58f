import {
  badRequest,
  decodeListOptions,
  type FieldError,
  fieldError,
  goQuote,
  type ListOptions,
  matchesFields,
  matchesLabels,
} from '../../kube/index.ts';
import { invalidOptions, isInvalidRevision, parseUintProblem } from '../failures.ts';
import type { KubeObject } from '../resources/index.ts';
import { selectableField } from './field-selectors.ts';
import type { Call } from './handler-context.ts';

export interface ListQuery extends ListOptions {
  /** Whether the selectors, and for a legacy watch path the name, take the object. */
  selects(object: KubeObject): boolean;
  /** False when every object is taken. */
  readonly selective: boolean;
}

/** The options of a list. Throws StatusError 400 or 422. Source: apimachinery/pkg/apis/meta/internalversion/validation. */
export function parseListQuery(call: Call): ListQuery {
  const query = decode(call);
  const errors = query.continue === '' ? listErrors(query) : continuedListErrors(query);
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
  if (isInvalidRevision(query.resourceVersion)) throw badRevision(query.resourceVersion);
  if (query.continue !== '' && !['', '0'].includes(query.resourceVersion)) {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  // "Any state will do" has always been answered from kube-apiserver's cache, which has no pages.
  return query.resourceVersion === '0' && query.continue === '' ? { ...query, limit: 0 } : query;
}

/** The options of a watch. Throws StatusError 400 or 422. */
export function parseWatchQuery(call: Call): ListQuery {
  const query = decode(call);
  const errors = watchErrors(query);
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
  if (isInvalidRevision(query.resourceVersion)) throw badRevision(query.resourceVersion);
  return query;
}

function decode(call: Call): ListQuery {
  const options = decodeListOptions(call.query.pairs);
  if ('failure' in options) throw badRequest(options.failure);
  const { labelSelector, fieldSelector } = options;
  const readers = new Map(
    fieldSelector.map(({ field }) => {
      const read = selectableField(call.type, field);
      if (typeof read !== 'function') throw badRequest(read.refusal);
      return [field, read];
    }),
  );
  const { name } = call;
  return {
    ...options,
    selective: labelSelector.length > 0 || fieldSelector.length > 0 || name !== '',
    selects: (object) =>
      (name === '' || object.metadata.name === name) &&
      matchesLabels(labelSelector, object.metadata.labels ?? {}) &&
      matchesFields(fieldSelector, (field) => readers.get(field)?.(object)),
  };
}

function listErrors(query: ListOptions): FieldError[] {
  const { resourceVersionMatch: match, resourceVersion } = query;
  const errors: FieldError[] = [];
  if (query.sendInitialEvents !== undefined) {
    errors.push(fieldError.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  if (match === '') return errors;
  if (resourceVersion === '') {
    errors.push(
      fieldError.forbidden(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden unless resourceVersion is provided',
      ),
    );
  }
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    errors.push(fieldError.notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
  }
  if (match === 'Exact' && resourceVersion === '0') {
    errors.push(
      fieldError.forbidden(
        'resourceVersionMatch',
        'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
      ),
    );
  }
  return errors;
}

function continuedListErrors(query: ListOptions): FieldError[] {
  const errors = listErrors({ ...query, resourceVersionMatch: '' });
  if (query.resourceVersionMatch !== '') {
    errors.push(
      fieldError.forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden with continue'),
    );
  }
  return errors;
}

function watchErrors(query: ListOptions): FieldError[] {
  const { resourceVersionMatch: match, sendInitialEvents } = query;
  const errors: FieldError[] = [];
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    errors.push(
      fieldError.forbidden(
        'resourceVersionMatch',
        'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      ),
    );
  }
  if (match === '') return errors;
  if (sendInitialEvents === undefined) {
    errors.push(
      fieldError.forbidden(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ),
    );
  }
  if (match !== 'NotOlderThan') {
    errors.push(fieldError.notSupported('resourceVersionMatch', match, ['NotOlderThan']));
  }
  return errors;
}

function badRevision(value: string): Error {
  return badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${goQuote(value)}: ${parseUintProblem(value)}`,
  );
}
