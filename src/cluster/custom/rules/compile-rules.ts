import { type CelRule, compileRule } from '../../../cel/index.ts';
import { isEmbedded, type JsonSchema, type ValidationRule, valuesOf } from '../structural/json-schema.ts';
import { type Declaration, declareSchema } from './declare-schema.ts';
import { normalFieldPath } from './field-path.ts';

/** The rules of a schema and of what is below it; parts without any are left out. */
export interface RuleNode {
  readonly schema: JsonSchema;
  readonly declaration: Declaration;
  readonly rules: readonly CompiledRule[];
  readonly properties: ReadonlyMap<string, RuleNode>;
  readonly items: RuleNode | undefined;
  readonly values: RuleNode | undefined;
}

export interface CompiledRule {
  readonly source: ValidationRule;
  /** A string says what is wrong with the expression. */
  readonly program: CelRule | string;
  readonly message: CelRule | string | undefined;
  /** What is said of the field in which the failure is shown, as it follows the value's own path; '' for the value itself. */
  readonly fieldPath: string;
}

/**
 * Compiles all x-kubernetes-validations of a schema; undefined when there are none.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/cel/{validation,compilation}.go.
 * @param isResource whether it is a whole object's
 */
export function compileRules(schema: JsonSchema, isResource = isEmbedded(schema)): RuleNode | undefined {
  if (!hasRules(schema)) return undefined;
  const declaration = declareSchema(schema, isResource);
  if (declaration === undefined) return undefined;
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const node = compileRules(property);
    return node === undefined ? [] : [[name, node] as const];
  });
  const values = valuesOf(schema);
  return {
    schema,
    declaration,
    rules: (schema['x-kubernetes-validations'] ?? []).map((rule) => compiled(rule, schema, declaration)),
    properties: new Map(properties),
    items: schema.items && compileRules(schema.items),
    values: values && compileRules(values),
  };
}

function hasRules(schema: JsonSchema): boolean {
  const below = [...Object.values(schema.properties ?? {}), schema.items, valuesOf(schema)];
  return (
    (schema['x-kubernetes-validations'] ?? []).length > 0 ||
    below.some((each) => each !== undefined && hasRules(each))
  );
}

function compiled(source: ValidationRule, schema: JsonSchema, { type }: Declaration): CompiledRule {
  const isOptional = source.optionalOldSelf === true;
  const program = compileRule(source.rule, type, isOptional);
  const { messageExpression = '', fieldPath = '' } = source;
  return {
    source,
    program: wrong(program, 'compilation failed: ', 'bool', 'cel expression must evaluate to a bool'),
    message:
      messageExpression === ''
        ? undefined
        : wrong(
            compileRule(messageExpression, type, isOptional),
            'messageExpression compilation failed: ',
            'string',
            'messageExpression must evaluate to a string',
          ),
    fieldPath: fieldPath === '' ? '' : (normalFieldPath(schema, fieldPath) ?? ''),
  };
}

function wrong(program: CelRule | string, prefix: string, type: string, otherwise: string): CelRule | string {
  if (typeof program === 'string') return prefix + program;
  return program.type === type ? program : otherwise;
}
