import { type FieldError, fieldError } from '../../../kube/index.ts';
import { type CompiledRule, compileRules, type RuleNode } from '../rules/compile-rules.ts';
import { normalFieldPath } from '../rules/field-path.ts';
import type { JsonSchema, ValidationRule } from '../structural/json-schema.ts';
import { ruleCostErrors } from './validate-rule-costs.ts';

const keyword = 'x-kubernetes-validations';
const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** What is wrong with the rules of one schema, their expressions aside. Source: apiextensions validation.go. */
export function validateRuleKeywords(schema: JsonSchema, path: string): FieldError[] {
  return (schema[keyword] ?? []).flatMap((rule, index) =>
    ruleErrors(schema, rule, `${path}.${keyword}[${index}]`),
  );
}

function ruleErrors(schema: JsonSchema, rule: ValidationRule, path: string): FieldError[] {
  const { message = '', messageExpression = '', reason, fieldPath = '' } = rule;
  return [
    ...textErrors(rule.rule ?? '', message, path),
    ...(messageExpression !== '' && messageExpression.trim() === ''
      ? [fieldError.required(`${path}.messageExpression`, 'messageExpression must be non-empty if specified')]
      : []),
    ...(reason === undefined || reasons.includes(reason)
      ? []
      : [fieldError.notSupported(`${path}.reason`, reason, reasons)]),
    ...(fieldPath !== '' && normalFieldPath(schema, fieldPath) === undefined
      ? [fieldError.invalid(`${path}.fieldPath`, fieldPath, 'must be a valid path')]
      : []),
  ];
}

function textErrors(rule: string, message: string, path: string): FieldError[] {
  const hasNewlines = (text: string) => /[\n\r]/.test(text.trim());
  if (rule.trim() === '') return [fieldError.required(`${path}.rule`, 'rule is not specified')];
  const field = `${path}.message`;
  if (message !== '' && message.trim() === '') {
    return [fieldError.invalid(field, message, 'must be non-empty if specified')];
  }
  if (hasNewlines(message)) return [fieldError.invalid(field, message, 'must not contain line breaks')];
  if (!hasNewlines(rule) || message !== '') return [];
  return [fieldError.required(field, 'message must be specified if rule contains line breaks')];
}

/** What is wrong with the expressions of a schema that is in order otherwise. */
export function validateExpressions(schema: JsonSchema, path: string): FieldError[] {
  const node = compileRules(schema, true);
  return node === undefined
    ? []
    : [...expressionErrors(node, path, undefined), ...ruleCostErrors(node, path)];
}

/** @param uncorrelated where values cannot be told to be the same as before; undefined where they can */
function expressionErrors(node: RuleNode, path: string, uncorrelated: string | undefined): FieldError[] {
  const inItems = node.schema['x-kubernetes-list-type'] === 'map' ? uncorrelated : (uncorrelated ?? path);
  return [
    ...node.rules.flatMap((rule, index) =>
      compiledErrors(rule, `${path}.${keyword}[${index}]`, uncorrelated),
    ),
    ...[...node.properties].flatMap(([name, property]) =>
      expressionErrors(property, `${path}.properties[${name}]`, uncorrelated),
    ),
    ...(node.items === undefined ? [] : expressionErrors(node.items, `${path}.items`, inItems)),
    ...(node.values === undefined
      ? []
      : expressionErrors(node.values, `${path}.additionalProperties`, uncorrelated)),
  ];
}

function compiledErrors(rule: CompiledRule, path: string, uncorrelated: string | undefined): FieldError[] {
  const { program, message, source } = rule;
  if (typeof program === 'string') return [fieldError.invalid(`${path}.rule`, source, program)];
  const errors =
    typeof message === 'string' ? [fieldError.invalid(`${path}.messageExpression`, source, message)] : [];
  if (program.usesOldSelf && uncorrelated !== undefined) {
    const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`;
    return [...errors, fieldError.invalid(`${path}.rule`, source.rule, detail)];
  }
  if (program.usesOldSelf || source.optionalOldSelf === undefined) return errors;
  const detail = 'may not be set if oldSelf is not used in rule';
  return [...errors, fieldError.invalid(`${path}.optionalOldSelf`, source.optionalOldSelf, detail)];
}
