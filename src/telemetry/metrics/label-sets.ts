/** What all labels of the set say that stands for those beyond the limit. */
const OVERFLOW = 'overflow';

type Labels = Readonly<Record<string, string>>;

/**
 * The children of one metric, by the values of their labels. There are never more than `limit` of them and one: label values may
 * come from a request, and whoever sends requests must not be able to fill the memory. What is beyond counts in one child
 * whose labels all say `overflow`, so that sums stay right.
 */
export class LabelSets<Child> {
  readonly names: readonly string[];
  readonly #limit: number;
  readonly #make: () => Child;
  readonly #children = new Map<string, { readonly labels: Labels; readonly child: Child }>();

  constructor(names: readonly string[], limit: number, make: () => Child) {
    this.names = names;
    this.#limit = limit;
    this.#make = make;
    // Without labels there is one child, and it is there before anything has happened.
    if (names.length === 0) this.#add([]);
  }

  /**
   * @param values as many as there are names, in their order
   * @throws Error when they are not
   */
  of(values: readonly string[]): Child {
    const known = this.#children.get(keyOf(values));
    if (known !== undefined) return known.child;
    const { names } = this;
    if (values.length !== names.length) throw new Error(`expected values for ${names.join(', ')}`);
    if (this.#children.size < this.#limit) return this.#add(values);
    const overflow = names.map(() => OVERFLOW);
    return this.#children.get(keyOf(overflow))?.child ?? this.#add(overflow);
  }

  entries(): Iterable<{ readonly labels: Labels; readonly child: Child }> {
    return this.#children.values();
  }

  #add(values: readonly string[]): Child {
    const child = this.#make();
    const labels = Object.fromEntries(this.names.map((name, index) => [name, values[index] ?? '']));
    this.#children.set(keyOf(values), { labels, child });
    return child;
  }
}

/** Lengths make it unambiguous, whatever the values contain. */
function keyOf(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? '') : values.map((value) => `${value.length}:${value}`).join();
}
