import type { Family, Sample } from './family.ts';
import { LabelSets } from './label-sets.ts';

/** Each has a line a bucket. */
const MAX_LABEL_SETS = 2_000;

export class HistogramChild {
  readonly bounds: readonly number[];
  /** How many fell between the bound before and this one; the last is for what is above all of them. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Array(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let at = 0;
    while (at < this.bounds.length && value > (this.bounds[at] ?? 0)) at++;
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.sum += value;
  }
}

/** How values are distributed. */
export class Histogram implements Family {
  readonly type = 'histogram';
  readonly name: string;
  readonly help: string;
  readonly #sets: LabelSets<HistogramChild>;

  /** @param bounds upper bounds, ascending, without the infinite one */
  constructor(name: string, help: string, labels: readonly string[], bounds: readonly number[]) {
    this.name = name;
    this.help = help;
    this.#sets = new LabelSets(labels, MAX_LABEL_SETS, () => new HistogramChild(bounds));
  }

  get labelNames(): readonly string[] {
    return this.#sets.names;
  }

  /** The child is the caller's to keep. */
  labels(...values: readonly string[]): HistogramChild {
    return this.#sets.of(values);
  }

  async get() {
    const { name, help, type } = this;
    const values = Array.from(this.#sets.entries()).flatMap(({ labels, child }) =>
      samplesOf(name, labels, child),
    );
    return { name, help, type, values };
  }
}

/** A line a bucket with what is in it and below, then the sum and the count of all. */
function samplesOf(
  name: string,
  labels: Sample['labels'],
  { bounds, counts, sum }: HistogramChild,
): Sample[] {
  let total = 0;
  const buckets = counts.map((count, at): Sample => {
    total += count;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[at] ?? '+Inf' }, value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
