/** A line of figures: what the metric's labels are here, and the value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** The name of the line where it is not the metric's own. */
  readonly metricName?: string;
}

/** What is known of a metric besides its values. */
export interface FamilyInfo {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly labelNames: readonly string[];
}

/** One metric with all its label sets, as prom-client's registry asks for it. */
export interface Family extends FamilyInfo {
  get(): Promise<{
    readonly name: string;
    readonly help: string;
    readonly type: string;
    readonly values: readonly Sample[];
  }>;
}
