import type { CelType } from './cel-type.ts';
import type { Estimate } from './estimate-cost.ts';

/** What goes through a text costs by its length, and what looks for a pattern in it by the pattern's, too. */
const traversal = 0.1;
const pattern = 0.25;

/** Kubernetes allows for two questions to the authorizer. */
const authorizationCost = 350_000;
/** The regular expressions of named formats. Source: apiserver/pkg/cel/limits.go MaxNameFormatRegexSize. */
const formatLength = 128;

type Called = Pick<Estimate, 'cost'> & Partial<Pick<Estimate, 'size' | 'least' | 'element'>>;
type Coster = (args: readonly Estimate[], types: readonly CelType[]) => Called;

const none: Estimate = { cost: 0, size: 0, least: 0, element: 0 };
const at = (args: readonly Estimate[], index: number): Estimate => args[index] ?? none;
const by = (size: number, factor: number): number => (size === 0 ? 0 : Math.ceil(size * factor));
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

/** What a function or an operator costs beside its arguments. A method's receiver is the first of them. */
export function callEstimate(name: string, args: readonly Estimate[], types: readonly CelType[]): Called {
  return (Object.hasOwn(costers, name) ? costers[name] : undefined)?.(args, types) ?? { cost: 1 };
}

const traverse =
  (factor: number, index = 0): Coster =>
  (args) => ({ cost: by(at(args, index).size, factor) });

/** What makes a text of about the same length. */
const rewrite: Coster = (args) => ({
  cost: by(at(args, 0).size, traversal),
  size: at(args, 0).size,
  least: 0,
});

/** Each element is looked at, and of a list of texts each text. */
const overElements: Coster = (args, [type]) => {
  const list = at(args, 0);
  if (type?.name !== 'list') return { cost: by(list.size, traversal) };
  const isText = type.of[0]?.name === 'string' || type.of[0]?.name === 'bytes';
  return { cost: times(list.size, 1 + (isText ? by(list.element, traversal) : 0)), size: list.element };
};

const search: Coster = (args) => ({
  cost: times(by(at(args, 0).size + 1, traversal), by(at(args, 1).size, pattern)),
  size: at(args, 0).size,
});

const compare: Coster = (args) => ({ cost: by(Math.min(at(args, 0).size, at(args, 1).size), traversal) });
/** Numbers are compared in one step. */
const order: Coster = (args, types) =>
  types[0]?.name === 'string' || types[0]?.name === 'bytes' ? compare(args, types) : { cost: 1 };

const add: Coster = (args, [type]) => {
  const [a, b] = [at(args, 0), at(args, 1)];
  const sizes = { size: a.size + b.size, least: a.least + b.least, element: Math.max(a.element, b.element) };
  if (type?.name === 'list') return { cost: 1, ...sizes };
  if (type?.name === 'string' || type?.name === 'bytes') return { cost: by(sizes.size, traversal), ...sizes };
  return { cost: 1 };
};

/** The longest result: the shortest that is replaced, by the longest that replaces it, as often as there is room. */
const replace: Coster = (args) => {
  const [text, from, to] = [at(args, 0), at(args, 1), at(args, 2)];
  const cost = by(text.size, 2 * traversal);
  if (from.least === 0) return { cost, size: times(text.size + 1, to.size) + text.size };
  if (to.size <= from.least) return { cost, size: text.size };
  return { cost, size: times(Math.ceil(text.size / from.least), to.size) };
};

const join: Coster = (args) => {
  const [list, separator] = [at(args, 0), at(args, 1)];
  const size = times(list.size, list.element) + times(Math.max(0, list.size - 1), separator.size);
  return { cost: by(size, traversal), size };
};

const split: Coster = (args) => {
  const { size } = at(args, 0);
  return { cost: by(size, 2 * traversal), size, element: size };
};

const same: Coster = (args) => ({ cost: 1, size: at(args, 0).size, element: at(args, 0).element });

const costers: Readonly<Record<string, Coster>> = {
  check: () => ({ cost: authorizationCost }),
  isSorted: overElements,
  sum: overElements,
  max: overElements,
  min: overElements,
  indexOf: overElements,
  lastIndexOf: overElements,
  url: traverse(traversal),
  lowerAscii: rewrite,
  upperAscii: rewrite,
  substring: rewrite,
  trim: rewrite,
  replace,
  split,
  join,
  find: search,
  findAll: (args, types) => ({ ...search(args, types), element: at(args, 0).size }),
  matches: search,
  contains: (args, types) =>
    types[0]?.name === 'list'
      ? { cost: times(at(args, 0).size, at(args, 1).size) }
      : { cost: times(by(at(args, 0).size, traversal), by(at(args, 1).size, traversal)) },
  intersects: (args) => ({ cost: times(at(args, 0).size, at(args, 1).size) }),
  equivalent: (args) => ({ cost: 2 * times(at(args, 0).size, at(args, 1).size) }),
  startsWith: traverse(traversal, 1),
  endsWith: traverse(traversal, 1),
  cidr: traverse(traversal),
  ip: traverse(traversal),
  isIP: traverse(traversal),
  isCIDR: traverse(traversal),
  isURL: traverse(traversal),
  isCanonical: traverse(2 * traversal),
  containsIP: (args, [, type]) => ({
    cost: 4 + (type?.name === 'string' ? by(at(args, 1).size, traversal) : 0),
  }),
  containsCIDR: (args, [, type]) => ({
    cost: 7 + (type?.name === 'string' ? by(at(args, 1).size, traversal) : 0),
  }),
  quantity: traverse(traversal),
  isQuantity: traverse(traversal),
  semver: traverse(traversal),
  isSemver: traverse(traversal),
  validate: (args) => ({ cost: by(by(at(args, 1).size, traversal), formatLength * pattern) }),
  format: traverse(traversal),
  string: (args, [type]) => (type?.name === 'bytes' ? rewrite(args, []) : { cost: 1 }),
  bytes: (args) => ({ cost: by(at(args, 0).size, traversal), size: 4 * at(args, 0).size }),
  in: (args, [, type]) => ({ cost: type?.name === 'list' ? at(args, 1).size : 1 }),
  '+': add,
  '==': compare,
  '!=': compare,
  '<': order,
  '<=': order,
  '>': order,
  '>=': order,
  sort: (args) => ({ ...same(args, []), cost: at(args, 0).size }),
  distinct: (args) => ({ ...same(args, []), cost: times(at(args, 0).size, at(args, 0).size) }),
  reverse: same,
  slice: same,
  flatten: (args) => ({ ...same(args, []), size: times(at(args, 0).size, at(args, 0).element) }),
  dyn: same,
  orValue: same,
  value: same,
};
