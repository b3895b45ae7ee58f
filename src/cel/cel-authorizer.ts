import type { FunctionTable } from './cel-function.ts';
import { type CelObject, celObject, type Evaluation, spend } from './cel-value.ts';

/** What an expression asks an authorizer. */
export interface AuthorizerQuestion {
  readonly verb: string;
  /** Of what is no resource; '' for a resource. */
  readonly path: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fieldSelector: string;
  readonly labelSelector: string;
  /** Undefined: who sends the request. */
  readonly serviceAccount: { readonly namespace: string; readonly name: string } | undefined;
}

export interface AuthorizerAnswer {
  readonly allowed: boolean;
  readonly reason: string;
}

export type AskAuthorizer = (question: AuthorizerQuestion) => AuthorizerAnswer;

const prefix = 'kubernetes.authorization.';
export const authorizerKinds = {
  authorizer: `${prefix}Authorizer`,
  path: `${prefix}PathCheck`,
  group: `${prefix}GroupCheck`,
  resource: `${prefix}ResourceCheck`,
  decision: `${prefix}Decision`,
} as const;

interface Check {
  readonly ask: AskAuthorizer;
  readonly question: AuthorizerQuestion;
}

const blank: AuthorizerQuestion = {
  verb: '',
  path: '',
  group: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  fieldSelector: '',
  labelSelector: '',
  serviceAccount: undefined,
};

/** The value of a variable `authorizer`. @param asked the resource of the request, its member `requestResource` */
export function authorizerValue(ask: AskAuthorizer, asked: Partial<AuthorizerQuestion>): CelObject {
  const requestResource = celObject(authorizerKinds.resource, { ask, question: { ...blank, ...asked } });
  return celObject(authorizerKinds.authorizer, { ask, question: blank, requestResource });
}

/** In steps: a decision looks at many rules. */
const checkCost = 500;

const checkOf = ({ value }: CelObject): Check => value as Check;

function asking(kind: string, asker: CelObject, more: Partial<AuthorizerQuestion>): CelObject {
  const { ask, question } = checkOf(asker);
  return celObject(kind, { ask, question: { ...question, ...more } });
}

function check(asker: CelObject, verb: string, evaluation: Evaluation): CelObject {
  spend(evaluation, checkCost);
  const { ask, question } = checkOf(asker);
  return celObject(authorizerKinds.decision, ask({ ...question, verb }));
}

const { authorizer, path, group, resource, decision } = authorizerKinds;
const answerOf = ({ value }: CelObject): AuthorizerAnswer => value as AuthorizerAnswer;

/** A method of a check of a resource that says more of what is asked. */
const refine = (name: keyof AuthorizerQuestion & string): FunctionTable => ({
  [`${resource}.${name}(string): ${resource}`]: (asker: CelObject, text: string) =>
    asking(resource, asker, { [name]: text }),
});

/** Kubernetes' authorizer library. Source: apiserver/pkg/cel/library/authz.go. */
export const authorizerFunctions: FunctionTable = {
  [`${authorizer}.path(string): ${path}`]: (asker: CelObject, text: string) =>
    asking(path, asker, { path: text }),
  [`${authorizer}.group(string): ${group}`]: (asker: CelObject, text: string) =>
    asking(group, asker, { group: text }),
  [`${authorizer}.serviceAccount(string, string): ${authorizer}`]: (
    asker: CelObject,
    namespace: string,
    name: string,
  ) => asking(authorizer, asker, { serviceAccount: { namespace, name } }),
  [`${group}.resource(string): ${resource}`]: (asker: CelObject, text: string) =>
    asking(resource, asker, { resource: text }),
  ...refine('subresource'),
  ...refine('namespace'),
  ...refine('name'),
  ...refine('fieldSelector'),
  ...refine('labelSelector'),
  [`${path}.check(string): ${decision}`]: check,
  [`${resource}.check(string): ${decision}`]: check,
  [`${decision}.allowed(): bool`]: (answer: CelObject) => answerOf(answer).allowed,
  [`${decision}.reason(): string`]: (answer: CelObject) => answerOf(answer).reason,
  // Deciding takes no other process here, so it cannot fail.
  [`${decision}.errored(): bool`]: () => false,
  [`${decision}.error(): string`]: () => '',
};
