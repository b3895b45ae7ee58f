/** Where the gateway's metrics are made. Children are kept by who counts; values of labels must be few and no secrets. */
export interface MetricRegistry {
  counter(name: string, help: string, labels?: readonly string[]): { labels(...values: string[]): Count };
  gauge(name: string, help: string, labels?: readonly string[]): { labels(...values: string[]): Level };
  /** @param bounds upper bounds of the buckets, ascending, without the infinite one */
  histogram(
    name: string,
    help: string,
    labels: readonly string[],
    bounds: readonly number[],
  ): { labels(...values: string[]): Distribution };
  /** Calls back before the figures are read. */
  beforeScrape(read: () => void): void;
}

export interface Count {
  inc(by?: number): void;
}

export interface Level {
  set(value: number): void;
  inc(): void;
  dec(): void;
}

export interface Distribution {
  observe(value: number): void;
}
