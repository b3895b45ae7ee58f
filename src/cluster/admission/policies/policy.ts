import { type CelType, declareType } from '../../../cel/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, asText } from '../../schema/index.ts';
import { type AdmissionExpression, compileAdmission } from '../expressions/admission-expression.ts';
import { admissionVariables, type KnownTypes } from '../expressions/admission-variables.ts';
import { compileConditions, conditionsOf, type MatchConditions } from '../expressions/match-conditions.ts';
import { compileMatchResources, type MatchResources } from '../match/match-resources.ts';

export interface ParamKind {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface Validation {
  readonly expression: AdmissionExpression;
  readonly message: string;
  readonly messageExpression: AdmissionExpression | undefined;
  readonly reason: string;
}

/** An expression with a name: of a variable, or the key of an audit annotation. */
export interface NamedExpression {
  readonly name: string;
  readonly expression: AdmissionExpression;
}

/** A ValidatingAdmissionPolicy that is ready to be evaluated. */
export interface Policy {
  readonly name: string;
  /** Whether what cannot be evaluated is let through. */
  readonly failsOpen: boolean;
  readonly paramKind: ParamKind | undefined;
  readonly matches: MatchResources;
  readonly conditions: MatchConditions | undefined;
  readonly variables: readonly NamedExpression[];
  readonly validations: readonly Validation[];
  readonly auditAnnotations: readonly NamedExpression[];
}

type Json = Record<string, unknown>;

/** Source: apiserver/pkg/admission/plugin/policy/validating/plugin.go compilePolicy. */
export function compilePolicy({ metadata, spec: given }: KubeObject): Policy {
  const spec = asJsonObject(given);
  const params = spec['paramKind'] !== undefined;
  const variables = compileVariables(asJsonArray(spec['variables']).map(asJsonObject), params);
  const seen = { params, variables: variables.types };
  const all = admissionVariables({ ...seen, authorizer: true });
  // Messages are for who is refused; they must not tell what others may do.
  const plain = admissionVariables({ ...seen, authorizer: false });
  const text = (value: unknown) => asText(value) ?? '';
  return {
    name: metadata.name ?? '',
    failsOpen: spec['failurePolicy'] === 'Ignore',
    paramKind: params ? (asJsonObject(spec['paramKind']) as unknown as ParamKind) : undefined,
    matches: compileMatchResources(asJsonObject(spec['matchConstraints'])),
    conditions: compileConditions(conditionsOf(spec), all),
    variables: variables.compiled,
    validations: asJsonArray(spec['validations'])
      .map(asJsonObject)
      .map(({ expression, message, messageExpression, reason }) => ({
        expression: compileAdmission(text(expression), all, ['bool']),
        message: text(message),
        messageExpression:
          text(messageExpression) === ''
            ? undefined
            : compileAdmission(text(messageExpression), plain, ['string']),
        reason: text(reason) || 'Invalid',
      })),
    auditAnnotations: asJsonArray(spec['auditAnnotations'])
      .map(asJsonObject)
      .map(({ key, valueExpression }) => ({
        name: text(key),
        expression: compileAdmission(text(valueExpression), all, ['string', 'null', 'dyn']),
      })),
  };
}

/** Each variable sees those before it. @param params whether there are any */
export function compileVariables(
  given: readonly Json[],
  params: boolean,
  known?: KnownTypes,
): { readonly compiled: readonly NamedExpression[]; readonly types: ReadonlyMap<string, CelType> } {
  const types = new Map<string, CelType>();
  const compiled: NamedExpression[] = [];
  for (const each of given) {
    const [name, source] = [asText(each['name']) ?? '', asText(each['expression']) ?? ''];
    const of = known === undefined ? {} : { types: known };
    const seen = admissionVariables({ params, authorizer: true, variables: new Map(types), ...of });
    const expression = compileAdmission(source, seen, []);
    compiled.push({ name, expression });
    types.set(name, resultType(expression));
  }
  return { compiled, types };
}

function resultType({ program }: AdmissionExpression): CelType {
  return typeof program === 'string' ? declareType.dynamic : program.resultType;
}
