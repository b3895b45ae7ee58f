import { notAcceptable } from '../../kube/index.ts';

const JSON_TYPES = ['application/json', 'application/json;stream=watch'];

/**
 * The client's Accept header without everything that is not JSON: answers are put together piece by piece, and only
 * JSON is. Whether they are Tables or metadata stays as the client wants it.
 * @throws StatusError 406 when the client takes no JSON
 */
export function acceptJson(accept: string | undefined): string {
  if (accept === undefined || accept.trim() === '') return 'application/json';
  const clauses = accept.split(',').flatMap((clause) => {
    const [type = '', ...parameters] = clause.trim().split(';');
    const isJson = /^(?:application\/json|application\/\*|\*\/\*)$/i.test(type.trim());
    return isJson ? [['application/json', ...parameters].join(';')] : [];
  });
  if (clauses.length === 0) throw notAcceptable(JSON_TYPES);
  return clauses.join(',');
}
