import { type AcceptClause, acceptClauses, notAcceptable } from '../../kube/index.ts';

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

/** Of a document that there is only as JSON. Throws StatusError 406. */
export function confirmJson(accept: string | undefined): void {
  if (accept === undefined || accept.trim() === '') return;
  const takes = acceptClauses(accept).some(
    ({ mediaType }) => mediaType !== yaml && acceptable.has(mediaType),
  );
  if (!takes) throw notAcceptable([json]);
}

/** Whether the answer is to be YAML. */
export function wantsYaml(accept: string | undefined): boolean {
  // Hardly anybody asks for it.
  return accept?.includes('yaml') === true && firstAcceptable(accept)?.mediaType === yaml;
}

function firstAcceptable(accept: string) {
  for (const clause of acceptClauses(accept)) {
    const shape = shapeOf(clause);
    if (shape !== undefined) return { shape, mediaType: clause.mediaType };
  }
  return undefined;
}

function shapeOf({ mediaType, parameters }: AcceptClause): Representation | undefined {
  if (!acceptable.has(mediaType)) return undefined;
  const as = parameters.get('as');
  if (as === undefined) return 'object';
  if (parameters.get('g') !== 'meta.k8s.io' || parameters.get('v') !== 'v1') return undefined;
  return Object.hasOwn(shapes, as) ? shapes[as] : undefined;
}
