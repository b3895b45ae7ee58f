import data from '../data/go-fields.json' with { type: 'json' };

/** What Go's struct of a schema says of its fields beyond OpenAPI. */
export interface GoFields {
  /** Written even when they are zero: without `omitempty`, or of a type that is never empty to encoding/json. */
  readonly printed: ReadonlySet<string>;
  /** Pointers that are written even when they are nil. */
  readonly nulls: ReadonlySet<string>;
  /** Scalars behind a pointer: zero is a value, and stays. */
  readonly pointers: ReadonlySet<string>;
  /** The Go types of fields for which OpenAPI has a plainer word. */
  readonly types: ReadonlyMap<string, string>;
  /** Fields of embedded structs, with the names of these, which encoding/json puts before theirs. */
  readonly embedded: ReadonlyMap<string, string>;
  /** kube-apiserver keeps its objects as JSON, which tells an empty list from none; all others as protobuf. */
  readonly isKeptAsJson: boolean;
}

interface Row {
  readonly printed?: readonly string[];
  readonly nulls?: readonly string[];
  readonly pointers?: readonly string[];
  readonly types?: Readonly<Record<string, string>>;
  readonly embedded?: Readonly<Record<string, readonly string[]>>;
}

const rows = data as Readonly<Record<string, Row>>;

/** The fields of a schema of Kubernetes' own, by its name; a schema that is not in the data has nothing to add. */
export function goFields(schema: string): GoFields {
  const row = Object.hasOwn(rows, schema) ? (rows[schema] ?? {}) : {};
  const embedded = Object.entries(row.embedded ?? {});
  return {
    printed: new Set(row.printed),
    nulls: new Set(row.nulls),
    pointers: new Set(row.pointers),
    types: new Map(Object.entries(row.types ?? {})),
    embedded: new Map(embedded.flatMap(([struct, names]) => names.map((name) => [name, struct] as const))),
    isKeptAsJson: /\.(?:apiextensions-apiserver|kube-aggregator)\./.test(schema),
  };
}
