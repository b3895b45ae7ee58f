import { createHash } from 'node:crypto';
import { type ServedGroupVersion, servedGroupVersions } from '../resources/index.ts';
import { componentSchemas } from './component-schemas.ts';
import { openapiPaths } from './openapi-paths.ts';

export interface OpenapiDocument {
  /** SHA-512 of the body, upper-case hex: stable as long as the content is, so that clients keep their cache. */
  readonly hash: string;
  /** The hash as a quoted ETag. */
  readonly etag: string;
  readonly body: string;
}

const cache = new Map<string, OpenapiDocument>();

/**
 * The OpenAPI v3 document of a group version, by its path in the index (`api/v1`, `apis/apps/v1`). Undefined when it
 * is not served. Made at the first request and kept.
 */
export function openapiDocument(groupVersionPath: string): OpenapiDocument | undefined {
  const cached = cache.get(groupVersionPath);
  if (cached !== undefined) return cached;
  const served = servedGroupVersions.find((each) => each.path === groupVersionPath);
  if (served === undefined) return undefined;
  const document = openapiDocumentOf(served);
  cache.set(groupVersionPath, document);
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

let index: OpenapiDocument | undefined;

/** The document of `/openapi/v3`: where to fetch each group version's, with its hash in the URL. */
export function openapiIndex(): OpenapiDocument {
  index ??= seal({
    paths: Object.fromEntries(servedGroupVersions.map(({ path }) => [path, indexEntry(path)])),
  });
  return index;
}

function indexEntry(path: string): { serverRelativeURL: string } {
  return { serverRelativeURL: `/openapi/v3/${path}?hash=${openapiDocument(path)?.hash ?? ''}` };
}

function seal(content: object): OpenapiDocument {
  const body = JSON.stringify(content);
  const hash = createHash('sha512').update(body).digest('hex').toUpperCase();
  return { hash, etag: `"${hash}"`, body };
}
