import { collectDefaultMetrics, type Metric, Registry as PromRegistry } from 'prom-client';
import { Counter } from './counter.ts';
import type { Family, FamilyInfo } from './family.ts';
import { Gauge } from './gauge.ts';
import { Histogram } from './histogram.ts';

const NAME = /^[a-z][a-z0-9_]*$/;

/**
 * The process's metrics. Every part makes its own here, once, and keeps their children. prom-client keeps the list, writes
 * the text format and knows the process; the metrics themselves are ours, because its own make a text of all labels at
 * each count, and grow with every label value that a request brings.
 */
export class Registry {
  readonly #client = new PromRegistry();
  readonly #readers: (() => void | Promise<void>)[] = [];

  /** @throws Error when the name is taken or is none; the same for the other two */
  counter(name: string, help: string, labels: readonly string[] = []): Counter {
    return this.#add(new Counter(name, help, labels));
  }

  gauge(name: string, help: string, labels: readonly string[] = []): Gauge {
    return this.#add(new Gauge(name, help, labels));
  }

  /** @param bounds upper bounds of the buckets, ascending, without the infinite one */
  histogram(name: string, help: string, labels: readonly string[], bounds: readonly number[]): Histogram {
    return this.#add(new Histogram(name, help, labels, bounds));
  }

  /** Calls back before each exposition, which waits: for gauges that are read, not counted. */
  beforeScrape(read: () => void | Promise<void>): void {
    this.#readers.push(read);
  }

  /**
   * Adds the process: memory, processor, event loop, garbage collection. To be called once; it ends with the process.
   * @param version the product's
   */
  watchProcess(version: string): void {
    this.gauge('sallyport_build_info', 'Always 1; the label says what is running.', ['version'])
      .labels(version)
      .set(1);
    collectDefaultMetrics({ register: this.#client });
  }

  families(): readonly FamilyInfo[] {
    return this.#client.getMetricsAsArray() as unknown as FamilyInfo[];
  }

  /** Everything in the text format. */
  async expose(): Promise<{ readonly text: string; readonly contentType: string }> {
    await Promise.all(this.#readers.map((read) => read()));
    return { text: await this.#client.metrics(), contentType: this.#client.contentType };
  }

  #add<F extends Family>(family: F): F {
    const wrong = [family.name, ...family.labelNames].find((name) => !NAME.test(name));
    if (wrong !== undefined) throw new Error(`${wrong} is no name of a metric or a label`);
    // Of a metric, the registry needs its name and `get`.
    this.#client.registerMetric(family as unknown as Metric);
    return family;
  }
}
