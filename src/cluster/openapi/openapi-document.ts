import { createHash } from 'node:crypto';
import type { ResourceTable, ServedGroupVersion } from '../resources/index.ts';
import { componentSchemas } from './component-schemas.ts';
import { openapiPaths } from './openapi-paths.ts';

export interface OpenapiDocument {
  /** SHA-512 of the body, upper-case hex: stable as long as the content is, so that clients keep their cache. */
  readonly hash: string;
  /** The hash as a quoted ETag. */
  readonly etag: string;
  readonly body: string;
}

/** Group versions that a change of what is served does not touch stay the same object, and so does their document. */
const documents = new WeakMap<ServedGroupVersion, OpenapiDocument>();

/**
 * The OpenAPI v3 document of a group version, by its path in the index (`api/v1`, `apis/apps/v1`). Undefined when it
 * is not served. Made at the first request and kept.
 */
export function openapiDocument(table: ResourceTable, groupVersionPath: string): OpenapiDocument | undefined {
  const served = table.groupVersions.find((each) => each.path === groupVersionPath);
  return served && keptDocument(served);
}

function keptDocument(served: ServedGroupVersion): OpenapiDocument {
  const document = documents.get(served) ?? openapiDocumentOf(served);
  documents.set(served, document);
  return document;
}

/** The same of a group version that is not this module's. */
export function openapiDocumentOf(served: ServedGroupVersion): OpenapiDocument {
  return seal({
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: openapiPaths(served),
    components: { schemas: componentSchemas(served) },
  });
}

const indices = new WeakMap<ResourceTable, OpenapiDocument>();

/** The document of `/openapi/v3`: where to fetch each group version's, with its hash in the URL. */
export function openapiIndex(table: ResourceTable): OpenapiDocument {
  const index =
    indices.get(table) ??
    seal({
      paths: Object.fromEntries(table.groupVersions.map((served) => [served.path, indexEntry(served)])),
    });
  indices.set(table, index);
  return index;
}

function indexEntry(served: ServedGroupVersion): { serverRelativeURL: string } {
  return { serverRelativeURL: `/openapi/v3/${served.path}?hash=${keptDocument(served).hash}` };
}

function seal(content: object): OpenapiDocument {
  const body = JSON.stringify(content);
  const hash = createHash('sha512').update(body).digest('hex').toUpperCase();
  return { hash, etag: `"${hash}"`, body };
}
