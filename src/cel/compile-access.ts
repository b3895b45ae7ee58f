import type { ASTNode } from '@marcbachmann/cel-js';
import { authorizerKinds } from './cel-authorizer.ts';
import { any, bool, broken, type CelType, type as celType, dyn, isDynamic, readType } from './cel-type.ts';
import {
  CelError,
  type CelObject,
  celObject,
  isCelObject,
  kindOf,
  mapMember,
  numberOf,
} from './cel-value.ts';
import { type Compiled, type Compiler, offsetOf, type Scope, userInfoType } from './compile-scope.ts';

const userFields: Readonly<Record<string, CelType>> = {
  username: celType('string'),
  uid: celType('string'),
  groups: readType('list<string>'),
  extra: readType('map<string, list<string>>'),
};

type Access = ASTNode & { readonly op: '.' | '.?' };

/** `a.b` and `a.?b`. */
export function compileSelect(compiler: Compiler, node: Access, scope: Scope): Compiled {
  const operand = compiler.compile(node.args[0], scope);
  const name = node.args[1];
  const optional = operand.type.name === 'optional';
  const found = fieldType(compiler, node, optional ? (operand.type.of[0] ?? dyn) : operand.type, name);
  if (node.op === '.?') {
    return {
      type: celType('optional', found),
      run: (evaluation) => selectOptional(operand.run(evaluation), name),
    };
  }
  return {
    type: optional ? celType('optional', found) : found,
    run: (evaluation) => {
      const value = operand.run(evaluation);
      if (kindOf(value) === 'optional') return selectOptional(value, name);
      const member = memberOf(value, name);
      if (member === undefined) throw new CelError(`no such key: ${name}`);
      return member;
    },
  };
}

/** `has(a.b)`: the operand must have a value; only a map has members. */
export function compileHas(
  compiler: Compiler,
  node: ASTNode & { readonly op: 'call' },
  scope: Scope,
): Compiled {
  const [argument] = node.args[1];
  if (argument?.op !== '.') {
    compiler.report(offsetOf(node), 'invalid argument to has() macro');
    return { type: bool, run: () => false };
  }
  const operand = compiler.compile(argument.args[0], scope);
  const name = argument.args[1];
  fieldType(compiler, node, operand.type, name);
  return {
    type: bool,
    run: (evaluation) => memberOf(operand.run(evaluation), name) !== undefined,
  };
}

/** `a[?b]`. */
export function optionalIndex(value: unknown, index: unknown): CelObject {
  const operand = kindOf(value) === 'optional' ? (value as CelObject).value : value;
  if (operand === undefined) return celObject('optional', undefined);
  if (Array.isArray(operand)) {
    const at = Number(numberOf(index) ?? Number.NaN);
    if (Number.isNaN(at)) throw new CelError(`unsupported index type '${kindOf(index)}' in list`);
    return celObject('optional', at >= 0 ? operand[at] : undefined);
  }
  return celObject('optional', mapMember(unwrapVariable(operand), index));
}

const variableKinds = new Set<string>(['claims', userInfoType.name, authorizerKinds.authorizer]);

/** The members of variables that are no maps to functions such as size. */
export function unwrapVariable(value: unknown): unknown {
  if (!isCelObject(value)) return value;
  const kind = kindOf(value);
  return variableKinds.has(kind) ? value.value : undefined;
}

function selectOptional(value: unknown, name: string): CelObject {
  const operand = kindOf(value) === 'optional' ? (value as CelObject).value : value;
  if (Array.isArray(operand)) throw new CelError("unsupported index type 'string' in list");
  return celObject('optional', memberOf(operand, name));
}

function memberOf(value: unknown, name: string): unknown {
  if (kindOf(value) === 'claims') return mapMember(unwrapVariable(value), unescapeName(name));
  const map = unwrapVariable(value);
  return kindOf(map) === 'map' ? mapMember(map, name) : undefined;
}

function fieldType(compiler: Compiler, node: ASTNode, operand: CelType, name: string): CelType {
  if (operand.name === 'any' || isDynamic(operand)) return operand.name === 'error' ? broken : dyn;
  if (operand.name === 'map') return operand.of[1] ?? any;
  if (operand.fields !== undefined) return memberType(compiler, node, operand.fields, name);
  if (operand.name === userInfoType.name) {
    const field = Object.hasOwn(userFields, name) ? userFields[name] : undefined;
    if (field !== undefined) return field;
    compiler.report(offsetOf(node), `undefined field '${name}'`);
    return broken;
  }
  compiler.report(offsetOf(node), `type '${operand.name}' does not support field selection`);
  return broken;
}

function memberType(
  compiler: Compiler,
  node: ASTNode,
  fields: ReadonlyMap<string, CelType>,
  name: string,
): CelType {
  const field = fields.get(name);
  if (field !== undefined) return field;
  compiler.report(offsetOf(node), `undefined field '${name}'`);
  return broken;
}

const reservedWord =
  /^__(true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)__$/;
const escapes: Readonly<Record<string, string>> = { dot: '.', dash: '-', slash: '/', underscores: '__' };

/** Kubernetes' escapes for names that are no CEL identifiers. */
function unescapeName(name: string): string {
  const [, word] = reservedWord.exec(name) ?? [];
  return (
    word ?? name.replaceAll(/__(dot|dash|slash|underscores)__/g, (all, code: string) => escapes[code] ?? all)
  );
}
