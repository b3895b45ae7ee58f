import type { ASTNode, BinaryOperator } from '@marcbachmann/cel-js';
import { priceOf } from './call-prices.ts';
import { authorizerFunctions } from './cel-authorizer.ts';
import { conversions } from './cel-conversions.ts';
import { formats } from './cel-formats.ts';
import { dispatch, namespaces, readFunctions } from './cel-function.ts';
import { lists } from './cel-lists.ts';
import { namedFormats } from './cel-named-formats.ts';
import { network } from './cel-network.ts';
import { operators } from './cel-operators.ts';
import { quantities } from './cel-quantity.ts';
import { isPattern, strings } from './cel-strings.ts';
import {
  accepts,
  bool,
  broken,
  type CelType,
  type as celType,
  dyn,
  join,
  printType,
  readType,
  resolve,
} from './cel-type.ts';
import { CelError, celObject, type Evaluation, kindOf, spend, uintOf } from './cel-value.ts';
import { compileHas, compileSelect, optionalIndex, unwrapVariable } from './compile-access.ts';
import { compileList, compileMap } from './compile-collection.ts';
import { allowMixed, checkFormat } from './compile-format.ts';
import { compileMacro } from './compile-macro.ts';
import { asBool, expectBool } from './compile-operand.ts';
import { type Compiled, type Compiler, offsetOf, type Scope } from './compile-scope.ts';
import { textFormats } from './format-clauses.ts';

const functions = readFunctions(
  operators,
  strings,
  lists,
  conversions,
  formats,
  namedFormats,
  network,
  quantities,
  textFormats,
  authorizerFunctions,
);
const typeNames = new Set('bool bytes double int list map null_type string uint'.split(' '));

/** Checks a node and everything below it, and returns how to evaluate it. */
export function compileNode(compiler: Compiler, node: ASTNode, scope: Scope): Compiled {
  switch (node.op) {
    case 'value':
      return compileLiteral(node.args);
    case 'id':
      return compileIdentifier(compiler, node, scope);
    case '.':
    case '.?':
      return compileSelect(compiler, node as ASTNode & { op: '.' }, scope);
    case '[]':
      return compileIndex(compiler, node, scope);
    case '[?]': {
      const [operand, index] = node.args.map((part) => compiler.compile(part, scope));
      const element =
        operand?.type.name === 'list' || operand?.type.name === 'map' ? operand.type.of.at(-1) : dyn;
      return {
        type: celType('optional', element ?? dyn),
        run: (e) => optionalIndex(operand?.run(e), index?.run(e)),
      };
    }
    case 'call':
      if (node.args[0] === 'has' && node.args[1].length === 1) return compileHas(compiler, node, scope);
      return compileCall(compiler, node, node.args[0], node.args[1], scope);
    case 'rcall':
      return compileMethod(compiler, node as ASTNode & { op: 'rcall' }, scope);
    case 'list':
      return compileList(compiler, node, scope);
    case 'map':
      return compileMap(compiler, node, scope);
    case '?:':
      return compileConditional(compiler, node, node.args, scope);
    case '||':
    case '&&':
      return compileLogical(compiler, node.op === '||', node.args, scope);
    case '!_':
    case '-_':
      return compileCall(compiler, node, node.op, [node.args], scope);
    default:
      return compileCall(compiler, node, operatorName(node.op), node.args, scope);
  }
}

function operatorName(operator: BinaryOperator): string {
  return operator === 'in' ? '@in' : `_${operator}_`;
}

function compileLiteral(literal: unknown): Compiled {
  // The parser's own class of unsigned integers.
  const isUnsigned = kindOf(literal) === 'map';
  const value = isUnsigned ? uintOf(BigInt(String(literal))) : literal;
  return { type: celType(kindOf(value)), run: () => value };
}

function compileIdentifier(compiler: Compiler, node: ASTNode & { op: 'id' }, scope: Scope): Compiled {
  const variable = scope.get(node.args);
  if (variable !== undefined) return { type: variable.type, run: ({ slots }) => slots[variable.slot] };
  if (typeNames.has(node.args)) {
    const value = celObject('type', node.args);
    return { type: celType('type', celType(node.args)), run: () => value };
  }
  compiler.report(node.start, `undeclared reference to '${node.args}' (in container '')`);
  return { type: broken, run: () => null };
}

function compileIndex(compiler: Compiler, node: ASTNode & { op: '[]' }, scope: Scope): Compiled {
  // An index into an optional is an optional: user.?extra['key'].
  const optional = compiler.compile(node.args[0], scope);
  if (optional.type.name !== 'optional') return compileCall(compiler, node, '_[_]', node.args, scope);
  const index = compiler.compile(node.args[1], scope);
  return {
    type: celType('optional', optional.type.of[0]?.of.at(-1) ?? dyn),
    run: (e) => optionalIndex(optional.run(e), index.run(e)),
  };
}

function compileMethod(compiler: Compiler, node: ASTNode & { op: 'rcall' }, scope: Scope): Compiled {
  const [name, receiver, args] = node.args;
  if (receiver.op === 'id' && namespaces.has(receiver.args) && functions.has(`${receiver.args}.${name}`)) {
    return compileCall(compiler, node, `${receiver.args}.${name}`, args, scope);
  }
  const macro = compileMacro(compiler, node, scope);
  if (name === 'format') allowMixed(compiler, args[0]);
  const call = macro ?? compileCall(compiler, node, name, [receiver, ...args], scope, true);
  if (name === 'format') checkFormat(compiler, node);
  return call;
}

function compileCall(
  compiler: Compiler,
  node: ASTNode,
  name: string,
  argumentNodes: readonly ASTNode[],
  scope: Scope,
  method = false,
): Compiled {
  const overloads = (functions.get(name) ?? []).filter(
    (overload) => overload.method === method && overload.parameters.length === argumentNodes.length,
  );
  const declared = functions.has(name);
  if (!declared) compiler.report(offsetOf(node), `undeclared reference to '${name}' (in container '')`);
  const args = argumentNodes.map((part) => compiler.compile(part, scope));
  const types = args.map((argument) => argument.type);
  const results = overloads.flatMap(({ parameters, result }) => {
    const found = new Map<string, CelType>();
    const fits = parameters.every((parameter, index) => accepts(parameter, types[index] ?? dyn, found));
    return fits ? [resolve(result, found)] : [];
  });
  const isBroken = !declared || types.some(({ name: typeName }) => typeName === 'error');
  if (results.length === 0 && !isBroken) compiler.report(offsetOf(node), noOverload(name, types, method));
  checkPattern(compiler, name, argumentNodes);
  const [first = broken] = results;
  const runs = args.map(({ run }) => run);
  const unwraps = name === '_[_]';
  const price = priceOf(name);
  return {
    type: results.every((result) => printType(result) === printType(first)) ? first : dyn,
    run: (e) => {
      const values = runs.map((run) => run(e));
      if (price > 0) spend(e, price);
      if (unwraps && kindOf(values[0]) === 'claims') values[0] = unwrapVariable(values[0]);
      const answer = dispatch(overloads, values, e);
      if (answer !== undefined) return answer.value;
      if (unwraps && kindOf(values[0]) === 'list')
        throw new CelError(`unsupported index type '${kindOf(values[1])}' in list`);
      throw new CelError(unsupported(name, values));
    },
  };
}

const ordered = new Set('bool bytes double duration int string timestamp uint'.split(' '));

/** cel-go's texts: some operators say nothing more, some their names, functions their arguments' types. */
function unsupported(name: string, values: readonly unknown[]): string {
  const kinds = values.map(kindOf);
  if (name === '_[_]') return `no such key: ${String(values[1])}`;
  const compares = name.startsWith('_<') || name.startsWith('_>');
  const known =
    name === '@in' || name === '_+_' || name === '_-_' || (compares && ordered.has(kinds[0] ?? ''));
  if (known) return 'no such overload';
  if (name.startsWith('_') || kinds[0] === 'claims') return `no such overload: ${name}`;
  return `no such overload: ${name}(${kinds.join(', ')})`;
}

function noOverload(name: string, types: readonly CelType[], method: boolean): string {
  const printed = types.map(printType);
  const applied = method ? `${printed[0]}.(${printed.slice(1).join(', ')})` : `(${printed.join(', ')})`;
  return `found no matching overload for '${name}' applied to '${applied}'`;
}

/** A pattern that is written down is checked when it is read, not when somebody logs in. */
function checkPattern(compiler: Compiler, name: string, args: readonly ASTNode[]): void {
  const pattern = args[1];
  if (name !== 'matches' && name !== 'find' && name !== 'findAll') return;
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string' || isPattern(pattern.args)) return;
  compiler.report(pattern.start, `invalid ${name} argument`);
}

function compileConditional(
  compiler: Compiler,
  node: ASTNode,
  nodes: readonly [ASTNode, ASTNode, ASTNode],
  scope: Scope,
): Compiled {
  const condition = compiler.compile(nodes[0], scope);
  const [yes, no] = [compiler.compile(nodes[1], scope), compiler.compile(nodes[2], scope)];
  expectBool(compiler, condition.type, nodes[0]);
  const joined = join(yes.type, no.type);
  if (joined === undefined) {
    const types = [condition.type, yes.type, no.type];
    compiler.report(offsetOf(node), noOverload('_?_:_', types, false));
  }
  return {
    type: joined ?? broken,
    run: (e) => (asBool(condition.run(e)) ? yes.run(e) : no.run(e)),
  };
}

function compileLogical(
  compiler: Compiler,
  decisive: boolean,
  nodes: readonly [ASTNode, ASTNode],
  scope: Scope,
): Compiled {
  const [left, right] = [compiler.compile(nodes[0], scope), compiler.compile(nodes[1], scope)];
  expectBool(compiler, left.type, nodes[0]);
  expectBool(compiler, right.type, nodes[1]);
  return {
    type: bool,
    run: (e) => {
      const first = attempt(left, e);
      if (first === decisive) return decisive;
      const second = attempt(right, e);
      if (second === decisive) return decisive;
      if (first instanceof CelError) throw first;
      if (second instanceof CelError) throw second;
      return second;
    },
  };
}

/** CEL: a decisive side outweighs one that failed, whichever comes first. */
function attempt(side: Compiled, evaluation: Evaluation): boolean | CelError {
  try {
    return asBool(side.run(evaluation));
  } catch (error) {
    if (!(error instanceof CelError) || error.fatal) throw error;
    return error;
  }
}

export const claimsType = readType('map<string, any>');
