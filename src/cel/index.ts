/**
 * CEL expressions over claims, users and objects, as kube-apiserver evaluates them. Owns types, functions, cost
 * and error texts. Knows nothing of tokens or of what a result is used for.
 */

export { type AskAuthorizer, type AuthorizerQuestion, authorizerValue } from './cel-authorizer.ts';
export { declareType, valueOfText } from './cel-declaration.ts';
export { type CelExpression, compileExpression, type WorkBudget } from './cel-expression.ts';
export { jsonOf, valueOfJson } from './cel-json.ts';
export { mapList, setList } from './cel-keyed-list.ts';
export { type CelProgram, compileProgram, textsOf } from './cel-program.ts';
export { type CelRule, compileRule } from './cel-rule.ts';
export type { CelType } from './cel-type.ts';
export { CelError } from './cel-value.ts';
