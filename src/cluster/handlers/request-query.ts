import { booleanValue, parseGoQuery, type QueryPair } from '../../kube/index.ts';

/** A request's query, read as Kubernetes' option types read it. */
export interface RequestQuery {
  readonly pairs: readonly QueryPair[];
  /** The first value; '' when absent. */
  text(name: string): string;
  all(name: string): readonly string[];
  /** Undefined when absent; everything but `0` and `false` is true. */
  bool(name: string): boolean | undefined;
}

/** @param target the raw request target */
export function createRequestQuery(target: string): RequestQuery {
  const start = target.indexOf('?');
  const pairs = start < 0 ? [] : parseGoQuery(target.slice(start + 1));
  const first = (name: string) => pairs.find(([key]) => key === name)?.[1];
  return {
    pairs,
    text: (name) => first(name) ?? '',
    all: (name) => pairs.filter(([key]) => key === name).map(([, value]) => value),
    bool: (name) => {
      const value = first(name);
      return value === undefined ? undefined : booleanValue(value);
    },
  };
}
