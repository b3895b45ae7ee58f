import { isDeepStrictEqual } from 'node:util';
import { CelError, type CelRule, type WorkBudget } from '../../../cel/index.ts';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import { isJsonObject } from '../../schema/index.ts';
import { correlatedItems } from '../structural/correlated-items.ts';
import type { ValidationRule } from '../structural/json-schema.ts';
import type { CompiledRule, RuleNode } from './compile-rules.ts';

/** The steps that all rules may take for one object. */
const workLimit = 1_000_000;

/** Whether a value is what it was; when that cannot be told, whether what it is a part of is. */
interface Sight {
  readonly old: unknown;
  readonly isUnchanged: () => boolean;
}

/**
 * What the rules of a schema say against an object.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.
 * @param old the object that it replaces; undefined for a new one
 */
export function validateRules(node: RuleNode, value: unknown, old: unknown): FieldError[] {
  const run: Run = { errors: [], budget: { left: workLimit }, isOver: false };
  visit(node, value, { old, isUnchanged: unchanged(value, old) }, '', run);
  return run.errors;
}

interface Run {
  readonly errors: FieldError[];
  readonly budget: WorkBudget;
  /** Nothing further is evaluated. */
  isOver: boolean;
}

function visit(node: RuleNode, value: unknown, sight: Sight, path: string, run: Run): void {
  if (value === null || run.isOver) return;
  if (node.rules.length > 0) evaluateRules(node, value, sight, path, run);
  if (Array.isArray(value)) visitItems(node, value, sight, path, run);
  else if (isJsonObject(value)) visitMembers(node, value, sight, path, run);
}

function visitMembers(
  { properties, values, schema }: RuleNode,
  value: Readonly<Record<string, unknown>>,
  sight: Sight,
  path: string,
  run: Run,
): void {
  for (const [name, member] of Object.entries(value)) {
    const own = properties.get(name);
    const node = own ?? (schema.properties === undefined ? values : undefined);
    if (node === undefined) continue;
    const named = path === '' ? name : `${path}.${name}`;
    const old = isJsonObject(sight.old) && Object.hasOwn(sight.old, name) ? sight.old[name] : undefined;
    visit(node, member, sightOf(member, old, sight), own === undefined ? `${path}[${name}]` : named, run);
  }
}

/** Only the items of a list that is a map can be told to be the same. */
function visitItems(
  { items, schema }: RuleNode,
  value: readonly unknown[],
  sight: Sight,
  path: string,
  run: Run,
): void {
  if (items === undefined) return;
  const before = correlatedItems(schema, sight.old);
  for (const [index, item] of value.entries()) {
    visit(items, item, sightOf(item, before(item), sight), `${path}[${index}]`, run);
  }
}

function sightOf(value: unknown, old: unknown, above: Sight): Sight {
  return { old, isUnchanged: old === undefined ? above.isUnchanged : unchanged(value, old) };
}

function unchanged(value: unknown, old: unknown): () => boolean {
  return () => old !== undefined && isDeepStrictEqual(value, old);
}

function evaluateRules(node: RuleNode, value: unknown, sight: Sight, path: string, run: Run): void {
  const hasOld = sight.old !== undefined && sight.old !== null;
  const self = node.declaration.seen(value);
  const oldSelf = hasOld ? node.declaration.seen(sight.old) : undefined;
  for (const rule of node.rules) {
    if (run.isOver) return;
    evaluateRule(node, rule, { value, self, oldSelf, sight, path }, run);
  }
}

interface Subject {
  readonly value: unknown;
  readonly self: unknown;
  readonly oldSelf: unknown;
  readonly sight: Sight;
  readonly path: string;
}

function evaluateRule(node: RuleNode, rule: CompiledRule, subject: Subject, run: Run): void {
  const { program, source } = rule;
  const type = node.schema.type ?? '';
  const refuse = (text: string) => run.errors.push(fieldError.invalid(fieldOf(subject.path), type, text));
  if (typeof program === 'string') return void refuse(`rule compile error: ${program}`);
  // A rule about a change says nothing where there is none to look at, unless it wants to.
  if (program.usesOldSelf && subject.oldSelf === undefined && source.optionalOldSelf !== true) return;
  if (run.budget.left <= 0) {
    refuse('validation failed due to running out of cost budget, no further validation rules will be run');
    run.isOver = true;
    return;
  }
  try {
    if (program.evaluate(subject.self, subject.oldSelf, run.budget) === true) return;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    refuse(failureText(error, source));
    run.isOver = error.fatal;
    return;
  }
  // What was wrong before the rule came may stay as it is.
  if (!program.usesOldSelf && subject.sight.isUnchanged()) return;
  run.errors.push(violation(node, rule, subject, run.budget));
}

function failureText(error: CelError, source: ValidationRule): string {
  const { message } = error;
  const name = nameOf(source);
  if (message.startsWith('no such overload')) {
    return `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${name}`;
  }
  if (error.fatal) {
    return `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${name}`;
  }
  return `${message} evaluating rule: ${name}`;
}

function violation(node: RuleNode, rule: CompiledRule, subject: Subject, budget: WorkBudget): FieldError {
  const { type = '' } = node.schema;
  const { source, message } = rule;
  const below = rule.fieldPath.startsWith('[') || subject.path === '' ? rule.fieldPath : `.${rule.fieldPath}`;
  const field = fieldOf(rule.fieldPath === '' ? subject.path : subject.path + below);
  const said = typeof message === 'object' ? evaluatedMessage(message, subject, budget) : undefined;
  const detail =
    said ?? (source.message === undefined ? `failed rule: ${nameOf(source)}` : source.message.trim());
  const value = type === 'object' || type === 'array' ? undefined : subject.value;
  switch (source.reason) {
    case 'FieldValueForbidden':
      return fieldError.forbidden(field, detail);
    case 'FieldValueRequired':
      return fieldError.required(field, detail);
    case 'FieldValueDuplicate':
      return fieldError.duplicate(field, value);
    default:
      return fieldError.invalid(field, value, detail);
  }
}

/** Longer than any sentence. Source: apiserver/pkg/apis/cel MaxEvaluatedMessageExpressionSizeBytes. */
const longestMessage = 5 * 1024;

/** Undefined when the expression has no usable message; then the rule's own is told. */
function evaluatedMessage(
  message: CelRule,
  { self, oldSelf }: Subject,
  budget: WorkBudget,
): string | undefined {
  try {
    const text = message.evaluate(self, oldSelf, budget);
    const trimmed = typeof text === 'string' ? text.trim() : '';
    return trimmed === '' || trimmed.includes('\n') || trimmed.length > longestMessage ? undefined : trimmed;
  } catch (error) {
    if (error instanceof CelError) return undefined;
    throw error;
  }
}

function nameOf({ message = '', rule }: ValidationRule): string {
  return (message === '' ? rule : message).trim();
}

function fieldOf(path: string): string {
  return path === '' ? '<nil>' : path;
}
