/**
 * CEL expressions over claims, users and objects, as kube-apiserver evaluates them. Owns types, functions, cost
 * and error texts. Knows nothing of tokens or of what a result is used for.
 */

export { declareType, valueOfText } from './cel-declaration.ts';
export { jsonOf } from './cel-json.ts';
export { mapList, setList } from './cel-keyed-list.ts';
export { type CelProgram, compileProgram, textsOf } from './cel-program.ts';
export { type CelRule, compileRule, type WorkBudget } from './cel-rule.ts';
export type { CelType } from './cel-type.ts';
export { CelError } from './cel-value.ts';
