import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asText } from '../../schema/index.ts';
import { compileAdmission } from '../expressions/admission-expression.ts';
import type { Variables } from '../expressions/admission-variables.ts';
import { conditionsOf } from '../expressions/match-conditions.ts';

/** @param results the static types that its result may have; any when it is empty */
export function expressionErrors(
  given: unknown,
  variables: Variables,
  results: readonly string[],
  path: string,
): FieldError[] {
  const expression = asText(given) ?? '';
  if (expression.trim() === '') return [fieldError.required(path)];
  const { program } = compileAdmission(expression, variables, results);
  return typeof program === 'string' ? [fieldError.invalid(path, expression, program)] : [];
}

const mostConditions = 64;

/** What is wrong with the match conditions of a webhook or a policy. */
export function conditionErrors(
  holder: Record<string, unknown>,
  variables: Variables,
  path: string,
): FieldError[] {
  const conditions = conditionsOf(holder);
  const field = path === '' ? 'matchConditions' : `${path}.matchConditions`;
  if (conditions.length > mostConditions)
    return [fieldError.tooMany(field, conditions.length, mostConditions)];
  const names = new Set<string>();
  return conditions.flatMap(({ name = '', expression }, index) => {
    const at = `${field}[${index}]`;
    const isRepeated = name !== '' && names.has(name);
    names.add(name);
    return [
      ...(name === '' ? [fieldError.required(`${at}.name`)] : []),
      ...(isRepeated ? [fieldError.duplicate(`${at}.name`, name)] : []),
      ...expressionErrors(expression, variables, ['bool'], `${at}.expression`),
    ];
  });
}
