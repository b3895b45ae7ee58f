import fc from 'fast-check';

/** What a list or a watch looks at. */
export interface Filter {
  readonly namespace: '' | 'default' | 'kube-node-lease';
  readonly selector: '' | 'labelSelector=colour%3Dred' | 'fieldSelector=metadata.name%3Da';
}

export type Step =
  | {
      readonly do: 'write';
      /** Which process is asked, modulo how many there are. */
      readonly at: number;
      readonly namespace: 'default' | 'kube-node-lease';
      readonly name: string;
      readonly change: 'red' | 'blue' | 'data' | 'delete';
    }
  | { readonly do: 'watch'; readonly at: number; readonly filter: Filter; readonly back: number }
  | { readonly do: 'initial'; readonly at: number; readonly filter: Filter }
  | { readonly do: 'cut'; readonly watch: number; readonly at: number }
  | { readonly do: 'leave'; readonly watch: number }
  | { readonly do: 'bookmark' }
  | { readonly do: 'compact'; readonly at: number; readonly back: number }
  | { readonly do: 'page'; readonly at: number; readonly filter: Filter; readonly limit: number }
  | { readonly do: 'next'; readonly page: number; readonly at: number };

const at = fc.nat({ max: 1 });
const namespace = fc.constantFrom('default' as const, 'kube-node-lease' as const);
const filter: fc.Arbitrary<Filter> = fc.record({
  namespace: fc.constantFrom('' as const, 'default' as const, 'kube-node-lease' as const),
  selector: fc.constantFrom(
    '' as const,
    'labelSelector=colour%3Dred' as const,
    'fieldSelector=metadata.name%3Da' as const,
  ),
});

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      at,
      namespace,
      name: fc.constantFrom('a', 'b', 'c'),
      change: fc.constantFrom('red' as const, 'blue' as const, 'data' as const, 'delete' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('watch' as const), at, filter, back: fc.nat({ max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('initial' as const), at, filter }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cut' as const), watch: fc.nat({ max: 4 }), at }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('leave' as const), watch: fc.nat({ max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'bookmark' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const), at, back: fc.nat({ max: 4 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('page' as const),
      at,
      filter,
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('next' as const), page: fc.nat({ max: 3 }), at }) },
);
