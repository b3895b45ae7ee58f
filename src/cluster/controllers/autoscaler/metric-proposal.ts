/** What one metric calls for, or why it cannot be told. */
export type MetricProposal =
  | {
      readonly outcome: 'proposed';
      readonly replicas: number;
      readonly name: string;
      readonly status: object;
    }
  | { readonly outcome: 'failed'; readonly reason: string; readonly cause: string; readonly message: string };
