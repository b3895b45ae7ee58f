import { notAcceptable } from '../../kube/index.ts';

/** What an answer shows; a client may ask for another shape of an object. */
export type Representation = 'object' | 'Table' | 'PartialObjectMetadata';

const shapes: Readonly<Record<string, Representation>> = {
  Table: 'Table',
  PartialObjectMetadata: 'PartialObjectMetadata',
  PartialObjectMetadataList: 'PartialObjectMetadata',
};

const json = 'application/json';
const yaml = 'application/yaml';
const acceptable = new Set(['*/*', 'application/*', json, yaml]);

/**
 * The client's first acceptable media type decides. Throws StatusError 406 when none is.
 * Source: Kubernetes apiserver/pkg/endpoints/handlers/negotiation.
 */
export function negotiate(accept: string | undefined): Representation {
  if (accept === undefined || accept.trim() === '') return 'object';
  const shape = firstAcceptable(accept)?.shape;
  if (shape === undefined) throw notAcceptable([json, yaml, `${json};stream=watch`]);
  return shape;
}

/** A stream of events is JSON. Throws StatusError 406. */
export function confirmStreamable(accept: string | undefined): void {
  if (wantsYaml(accept)) throw notAcceptable([`${json};stream=watch`]);
}

/** Whether the answer is to be YAML. */
export function wantsYaml(accept: string | undefined): boolean {
  // Hardly anybody asks for it.
  return accept?.includes('yaml') === true && firstAcceptable(accept)?.mediaType === yaml;
}

function firstAcceptable(accept: string) {
  for (const clause of byQuality(accept)) {
    const shape = shapeOf(clause);
    if (shape !== undefined) return { shape, mediaType: clause.mediaType };
  }
  return undefined;
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
