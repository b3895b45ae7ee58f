import type { Family, Sample } from './family.ts';
import { LabelSets } from './label-sets.ts';

/** More label sets than a cluster's resources, verbs and answers make. */
const MAX_LABEL_SETS = 10_000;

export class CounterChild {
  value = 0;

  inc(by = 1): void {
    this.value += by;
  }
}

/** What only grows. */
export class Counter implements Family {
  readonly type = 'counter';
  readonly name: string;
  readonly help: string;
  readonly #sets: LabelSets<CounterChild>;

  constructor(name: string, help: string, labels: readonly string[]) {
    this.name = name;
    this.help = help;
    this.#sets = new LabelSets(labels, MAX_LABEL_SETS, () => new CounterChild());
  }

  get labelNames(): readonly string[] {
    return this.#sets.names;
  }

  /** The child is the caller's to keep: then counting costs an addition. */
  labels(...values: readonly string[]): CounterChild {
    return this.#sets.of(values);
  }

  async get() {
    const { name, help, type } = this;
    const values = Array.from(
      this.#sets.entries(),
      ({ labels, child }): Sample => ({ labels, value: child.value }),
    );
    return { name, help, type, values };
  }
}
