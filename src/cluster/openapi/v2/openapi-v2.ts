import { createHash } from 'node:crypto';
import type { ResourceTable } from '../../resources/index.ts';
import { encodeSwagger } from './encode-swagger.ts';
import { swaggerDocument } from './swagger-document.ts';

/** The document of `/openapi/v2` in one of its two forms. */
export interface OpenapiV2 {
  readonly contentType: string;
  readonly body: Buffer;
  /** Quoted strong ETag; the caller answers 304 on If-None-Match. */
  readonly etag: string;
}

type Form = 'json' | 'protobuf';

const json = 'application/json';
const protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** What clients may call the forms. The second is no valid media type, and what kubectl asks for. */
const forms: ReadonlyMap<string, Form> = new Map([
  [json, 'json'],
  ['application/com.github.proto-openapi.spec.v2@v1.0+protobuf', 'protobuf'],
  [protobuf, 'protobuf'],
  ['application/*', 'json'],
  ['*/*', 'json'],
]);

const documents = new WeakMap<ResourceTable, Map<Form, OpenapiV2>>();

/**
 * The document in the form that an Accept header prefers; undefined when it takes neither. Made at the first request after a
 * change of what is served, and kept. Source: kube-openapi/pkg/handler/handler.go.
 */
export function openapiV2(table: ResourceTable, accept: string | undefined): OpenapiV2 | undefined {
  const form = accepted(accept);
  if (form === undefined) return undefined;
  const made = documents.get(table) ?? new Map<Form, OpenapiV2>();
  documents.set(table, made);
  const document = made.get(form) ?? build(table, form);
  made.set(form, document);
  return document;
}

function build(table: ResourceTable, form: Form): OpenapiV2 {
  const swagger = swaggerDocument(table);
  const body = form === 'json' ? Buffer.from(JSON.stringify(swagger)) : encodeSwagger(swagger);
  const etag = `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`;
  return { contentType: form === 'json' ? json : protobuf, body, etag };
}

/** The first of the clauses with the highest quality. */
function accepted(accept = ''): Form | undefined {
  if (accept.trim() === '') return 'json';
  const clauses = accept.split(',').map((clause) => {
    const [type = '', ...parameters] = clause.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((each) => each.startsWith('q='));
    return { form: forms.get(type), quality: quality === undefined ? 1 : Number(quality.slice(2)) };
  });
  return clauses
    .filter(({ form, quality }) => form !== undefined && quality > 0)
    .toSorted((a, b) => b.quality - a.quality)[0]?.form;
}
