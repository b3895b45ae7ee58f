import type { Family, Sample } from './family.ts';
import { LabelSets } from './label-sets.ts';

const MAX_LABEL_SETS = 10_000;

export class GaugeChild {
  /** Not a number: not known, and not shown. */
  value = Number.NaN;

  set(value: number): void {
    this.value = value;
  }

  inc(by = 1): void {
    this.value = (Number.isNaN(this.value) ? 0 : this.value) + by;
  }

  dec(): void {
    this.inc(-1);
  }
}

/** What goes up and down. */
export class Gauge implements Family {
  readonly type = 'gauge';
  readonly name: string;
  readonly help: string;
  readonly #sets: LabelSets<GaugeChild>;

  constructor(name: string, help: string, labels: readonly string[]) {
    this.name = name;
    this.help = help;
    this.#sets = new LabelSets(labels, MAX_LABEL_SETS, () => new GaugeChild());
  }

  get labelNames(): readonly string[] {
    return this.#sets.names;
  }

  /** The child is the caller's to keep. */
  labels(...values: readonly string[]): GaugeChild {
    return this.#sets.of(values);
  }

  async get() {
    const { name, help, type } = this;
    const all = Array.from(
      this.#sets.entries(),
      ({ labels, child }): Sample => ({ labels, value: child.value }),
    );
    return { name, help, type, values: all.filter(({ value }) => !Number.isNaN(value)) };
  }
}
