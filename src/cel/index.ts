/**
 * CEL expressions over claims and users, as kube-apiserver evaluates them. Owns types, functions, cost
 * and error texts. Knows nothing of tokens or of what a result is used for.
 */

export { jsonOf } from './cel-json.ts';
export { type CelProgram, compileProgram, textsOf } from './cel-program.ts';
export { CelError } from './cel-value.ts';
