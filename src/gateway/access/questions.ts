import { badRequest, methodNotAllowed } from '../../kube/index.ts';
import type { Asked, Question } from './asked.ts';
import type { Authorization, ResourceAttributes } from './authorization.ts';
import { rewriteValues } from './rewrite-values.ts';

const PLACEHOLDER = /\{\{\s*\.Value\s*\}\}/g;

/** An unknown method has no verb: it is refused, since the empty verb would still match a rule with `*`. */
const VERBS: ReadonlyMap<string, string> = new Map([
  ['GET', 'get'],
  ['HEAD', 'get'],
  ['POST', 'create'],
  ['PUT', 'update'],
  ['PATCH', 'patch'],
  ['DELETE', 'delete'],
]);

/**
 * Makes the questions of a request; every one of them must be allowed.
 * Without `resourceAttributes` it is one about the path, with the method in lower case as its verb, as Kubernetes asks about
 * non-resource URLs. With them it is one about that resource; with a rewrite, one for each value in the request.
 * @returns a function that throws StatusError 400 when the request lacks a value or can be read in two ways, 405 when its
 *   method has no verb
 */
export function createQuestions({
  resourceAttributes,
  rewrites,
}: Authorization): (asked: Asked) => readonly Question[] {
  if (resourceAttributes === undefined) return (asked) => [pathQuestion(asked)];
  if (rewrites === undefined) {
    const byMethod = new Map(
      [...VERBS].map(([method, verb]) => [method, [resourceQuestion(resourceAttributes, verb, '')]]),
    );
    return ({ method }) => byMethod.get(method) ?? noVerb();
  }
  return (asked) => {
    const verb = VERBS.get(asked.method) ?? noVerb();
    const values = rewriteValues(rewrites, asked);
    if (values.length === 0) throw badRequest(`the request lacks ${wanted(rewrites)}`);
    return values.map((value) => resourceQuestion(resourceAttributes, verb, value));
  };
}

function noVerb(): never {
  throw methodNotAllowed();
}

function wanted({ byQueryParameter, byHttpHeader }: NonNullable<Authorization['rewrites']>): string {
  const places = [
    ...(byQueryParameter === undefined ? [] : [`the query parameter ${byQueryParameter.name}`]),
    ...(byHttpHeader === undefined ? [] : [`the header ${byHttpHeader.name}`]),
  ];
  return places.join(' or ');
}

function pathQuestion({ method, target }: Asked): Question {
  const queryStart = target.indexOf('?');
  const rawPath = queryStart < 0 ? target : target.slice(0, queryStart);
  return {
    verb: method.toLowerCase(),
    isResourceRequest: false,
    path: decodeURIComponent(rawPath),
    apiGroup: '',
    apiVersion: '',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
  };
}

function resourceQuestion(attributes: ResourceAttributes, verb: string, value: string): Question {
  // A function, because `$&` in the value would mean something in a replacement text.
  const fill = (template: string) => template.replace(PLACEHOLDER, () => value);
  return {
    verb,
    isResourceRequest: true,
    path: '',
    apiGroup: fill(attributes.apiGroup),
    apiVersion: fill(attributes.apiVersion),
    resource: fill(attributes.resource),
    subresource: fill(attributes.subresource),
    namespace: fill(attributes.namespace),
    name: fill(attributes.name),
  };
}
