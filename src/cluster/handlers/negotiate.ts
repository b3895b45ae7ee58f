import { notAcceptable } from '../../kube/index.ts';

/** How an answer is shown. Everything is JSON; a client may ask for another shape of it. */
export type Representation = 'object' | 'Table' | 'PartialObjectMetadata';

const shapes: Readonly<Record<string, Representation>> = {
  Table: 'Table',
  PartialObjectMetadata: 'PartialObjectMetadata',
  PartialObjectMetadataList: 'PartialObjectMetadata',
};

const acceptable = new Set(['*/*', 'application/*', 'application/json']);

/**
 * The client's first acceptable media type decides. Throws StatusError 406 when none is.
 * Source: Kubernetes apiserver/pkg/endpoints/handlers/negotiation.
 */
export function negotiate(accept: string | undefined): Representation {
  if (accept === undefined || accept.trim() === '') return 'object';
  for (const clause of byQuality(accept)) {
    const shape = shapeOf(clause);
    if (shape !== undefined) return shape;
  }
  throw notAcceptable(['application/json', 'application/json;stream=watch']);
}

interface Clause {
  readonly mediaType: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

function byQuality(accept: string): Clause[] {
  return accept
    .split(',')
    .map(parseClause)
    .filter((clause) => clause.quality > 0)
    .sort((a, b) => b.quality - a.quality);
}

function parseClause(text: string): Clause {
  const [mediaType = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(
    rest.map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').replaceAll('"', '').trim()];
    }),
  );
  const quality = Number(parameters.get('q') ?? 1);
  return { mediaType: mediaType.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality };
}

function shapeOf({ mediaType, parameters }: Clause): Representation | undefined {
  if (!acceptable.has(mediaType)) return undefined;
  const as = parameters.get('as');
  if (as === undefined) return 'object';
  if (parameters.get('g') !== 'meta.k8s.io' || parameters.get('v') !== 'v1') return undefined;
  return Object.hasOwn(shapes, as) ? shapes[as] : undefined;
}
