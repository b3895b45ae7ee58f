import type { ServedGroupVersion } from '../../resources/index.ts';
import { encodeSwagger } from './encode-swagger.ts';
import { definitionsOf, type SwaggerPart } from './swagger-document.ts';
import { swaggerPaths } from './swagger-paths.ts';

/** What a group version adds to a document of `/openapi/v2`. */
export interface OpenapiV2Part extends SwaggerPart {
  /** The same in protobuf: it is appended to a document in that form. */
  readonly protobuf: Buffer;
}

/** Of metadata, which every API server's document has. */
const common = 'io.k8s.apimachinery.';

/** What a group version that is not this module's adds to another API server's document. */
export function openapiV2PartOf(served: ServedGroupVersion): OpenapiV2Part {
  const own = Object.entries(definitionsOf(served)).filter(([name]) => !name.startsWith(common));
  const part = { paths: swaggerPaths(served), definitions: Object.fromEntries(own) };
  return { ...part, protobuf: encodeSwagger(part) };
}
