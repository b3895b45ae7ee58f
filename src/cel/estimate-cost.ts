import type { ASTNode } from '@marcbachmann/cel-js';
import { namespaces } from './cel-function.ts';
import type { CelType } from './cel-type.ts';
import { callEstimate } from './estimate-call.ts';
import { loopEstimate } from './estimate-loop.ts';

/** What a part of an expression may take at the most, in Kubernetes' units, and how large its result may be. */
export interface Estimate {
  readonly cost: number;
  /** Of a text its bytes, of a list or a map its elements; infinite when nothing bounds it. */
  readonly size: number;
  /** The least that it can be. */
  readonly least: number;
  /** The size of an element, infinite when nothing bounds that. */
  readonly element: number;
}

/** The variables of comprehensions, by what is known of their values. */
type Variables = ReadonlyMap<string, Pick<Estimate, 'size'>>;

const selectCost = 1;
const listCost = 10;
const mapCost = 30;

/**
 * The most that evaluating an expression may cost, in the units in which Kubernetes limits it. It follows kube-apiserver's
 * estimate operator by operator. It knows less than that one of how large the elements are of what is computed, and takes
 * what it does not know for unbounded.
 * Source: cel-go checker/cost.go, apiserver/pkg/cel/library/cost.go.
 * @param typeOf the types of nodes; they bound the sizes of what they declare
 */
export function estimateCost(ast: ASTNode, typeOf: (node: ASTNode) => CelType): number {
  const plain = (node: ASTNode, cost: number): Estimate => {
    const type = typeOf(node);
    const element = type.of.at(-1);
    return {
      cost,
      size: mostOf(type),
      least: 0,
      element: element === undefined ? Infinity : mostOf(element),
    };
  };

  function estimate(node: ASTNode, variables: Variables): Estimate {
    const of = (part: ASTNode): Estimate => estimate(part, variables);
    switch (node.op) {
      case 'value':
        return literal(node.args);
      case 'id':
        return { ...plain(node, selectCost), ...variables.get(node.args) };
      case '.':
      case '.?':
        return plain(node, of(node.args[0]).cost + selectCost);
      case '[]':
      case '[?]': {
        const [operand, index] = node.args.map(of) as [Estimate, Estimate];
        return { ...plain(node, 1 + operand.cost + index.cost), size: operand.element };
      }
      case 'list':
        return collection(listCost, node.args.map(of));
      case 'map': {
        const entries = node.args.map(([key, value]) => [of(key), of(value)] as const);
        const keys = sum(entries.map(([key]) => key));
        const values = entries.map(([, value]) => value);
        return collection(mapCost + keys, values);
      }
      case '?:': {
        const [condition, yes, no] = node.args.map(of) as [Estimate, Estimate, Estimate];
        return {
          cost: condition.cost + Math.max(yes.cost, no.cost),
          size: Math.max(yes.size, no.size),
          least: Math.min(yes.least, no.least),
          element: Math.max(yes.element, no.element),
        };
      }
      case '||':
      case '&&':
        return plain(node, sum(node.args.map(of)));
      case '!_':
      case '-_':
        return plain(node, 1 + of(node.args).cost);
      case 'call': {
        const [name, args] = node.args;
        // Asking whether something is there costs what leads to it.
        if (name === 'has' && args[0]?.op === '.') return plain(node, of(args[0].args[0]).cost);
        return called(node, name, args, variables);
      }
      case 'rcall':
        return method(node, variables);
      default:
        return called(node, node.op, node.args, variables);
    }
  }

  function called(node: ASTNode, name: string, parts: readonly ASTNode[], variables: Variables): Estimate {
    const args = parts.map((part) => estimate(part, variables));
    const { cost, ...sizes } = callEstimate(name, args, parts.map(typeOf));
    return { ...plain(node, cost + sum(args)), ...sizes };
  }

  function method(node: ASTNode & { readonly op: 'rcall' }, variables: Variables): Estimate {
    const [name, receiver, args] = node.args;
    const isNamespace =
      receiver.op === 'id' && namespaces.has(receiver.args) && !variables.has(receiver.args);
    if (isNamespace) return called(node, name, args, variables);
    const loop = loopEstimate(name, args.length);
    if (loop === undefined) return called(node, name, [receiver, ...args], variables);
    const range = estimate(receiver, variables);
    const type = typeOf(receiver);
    const key = type.name === 'map' && type.of[0] !== undefined ? mostOf(type.of[0]) : 1;
    const isOfKeys = loop.names === 1 && type.name === 'map';
    const inner = new Map(variables);
    for (const [index, each] of args.slice(0, loop.names).entries()) {
      const isKey = isOfKeys || (loop.names === 2 && index === 0);
      if (each.op === 'id') inner.set(each.args, { size: isKey ? key : range.element });
    }
    const found = args.slice(loop.names).map((part) => estimate(part, inner));
    return { ...plain(node, 0), ...loop.of(range, found) };
  }

  return estimate(ast, new Map()).cost;
}

/** Numbers and the like are of one size; what is declared says its own. */
function mostOf({ name, most }: CelType): number {
  return most ?? (scalars.has(name) ? 1 : Infinity);
}

const scalars = new Set('bool int uint double null_type duration timestamp type'.split(' '));

function literal(value: unknown): Estimate {
  const size =
    typeof value === 'string' ? Buffer.byteLength(value) : value instanceof Uint8Array ? value.length : 1;
  return { cost: 0, size, least: size, element: Infinity };
}

function collection(cost: number, items: readonly Estimate[]): Estimate {
  const size = items.length;
  return {
    cost: cost + sum(items),
    size,
    least: size,
    element: Math.max(0, ...items.map((item) => item.size)),
  };
}

function sum(parts: readonly Estimate[]): number {
  return parts.reduce((total, { cost }) => total + cost, 0);
}
