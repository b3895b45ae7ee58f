import {
  type FieldValidation,
  fieldValidationOf,
  firstQueryValue,
  invalid,
  parseGoQuery,
  writeOptionsErrors,
} from '../../kube/index.ts';

export interface ReviewOptions {
  readonly fieldValidation: FieldValidation;
  /** As sent; '' when absent. */
  readonly pretty: string;
}

/**
 * The options of a create, as far as they matter to a question: nothing is stored, so `dryRun` and `fieldManager` are checked
 * and then forgotten. Source: Kubernetes apiserver pkg/endpoints/handlers/create.go.
 * @param target the raw request target
 * @throws StatusError 422
 */
export function readReviewOptions(target: string): ReviewOptions {
  const start = target.indexOf('?');
  const query = start < 0 ? [] : parseGoQuery(target.slice(start + 1));
  const text = (name: string) => firstQueryValue(query, name) ?? '';
  const fieldValidation = text('fieldValidation');
  const errors = writeOptionsErrors({
    dryRun: query.flatMap(([key, value]) => (key === 'dryRun' && value !== '' ? [value] : [])),
    fieldManager: text('fieldManager'),
    fieldValidation,
  });
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', errors);
  return { fieldValidation: fieldValidationOf(fieldValidation), pretty: text('pretty') };
}
