import { type CelType, compileExpression } from '../../../cel/index.ts';
import type { ResourceTable, ResourceType } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, asText, schemaOf } from '../../schema/index.ts';
import { admissionVariables } from '../expressions/admission-variables.ts';
import { compileVariables } from '../policies/policy.ts';
import { declareNode } from './declare-node.ts';
import { typesToCheck } from './types-to-check.ts';

type Json = Record<string, unknown>;

/** Source: k8s.io/api/admissionregistration/v1 ExpressionWarning. */
export interface ExpressionWarning {
  readonly fieldRef: string;
  /** A line a mistake, of each kind that has one. */
  readonly warning: string;
}

/**
 * What is wrong with a policy's expressions for the kinds that it names: fields that these do not have, values of types that
 * do not go together. It is refused for none of that, since a policy may be about other kinds besides.
 * Source: apiserver/pkg/admission/plugin/policy/validating/typechecking.go.
 */
export function expressionWarnings(table: ResourceTable, spec: Json): readonly ExpressionWarning[] {
  const checks = typesToCheck(table, spec).map((type) => checkOf(table, spec, type));
  const warn = (expression: unknown, fieldRef: string): readonly ExpressionWarning[] => {
    const source = asText(expression) ?? '';
    const warning = source === '' ? '' : checks.flatMap((check) => check(source)).join('\n');
    return warning === '' ? [] : [{ fieldRef, warning }];
  };
  return asJsonArray(spec['validations'])
    .map(asJsonObject)
    .flatMap(({ expression, messageExpression }, index) => [
      ...warn(expression, `spec.validations[${index}].expression`),
      ...warn(messageExpression, `spec.validations[${index}].messageExpression`),
    ]);
}

/** Says what is wrong with an expression for a kind: nothing, or one text. */
function checkOf(
  table: ResourceTable,
  spec: Json,
  type: ResourceType,
): (source: string) => readonly string[] {
  const { group, version, kind } = type;
  const types = { object: declareNode(schemaOf(type)), params: paramsType(table, spec['paramKind']) };
  const params = spec['paramKind'] !== undefined;
  const variables = compileVariables(asJsonArray(spec['variables']).map(asJsonObject), params, types);
  const seen = admissionVariables({ params, authorizer: true, variables: variables.types, types });
  return (source) => {
    const compiled = compileExpression(source, seen);
    return typeof compiled === 'string' ? [`${group}/${version}, Kind=${kind}: ${compiled}\n`] : [];
  };
}

/** Undefined when there are none, or of a kind that is not served. */
function paramsType(table: ResourceTable, paramKind: unknown): CelType | undefined {
  const { apiVersion, kind } = asJsonObject(paramKind);
  const type = table.findKind(asText(apiVersion) ?? '', asText(kind) ?? '');
  return type && declareNode(schemaOf(type));
}
