/**
 * An OpenAPI v2 document in protobuf that defines nothing. kubectl falls back to it for kinds that have no PATCH (the
 * reviews) and gives up when there is none; from a document without the kind it concludes that there is nothing to
 * check on its side, and the server's own validation decides. OpenAPI v3 is what is served in earnest.
 * Source: google/gnostic openapiv2 Document (1 swagger, 2 info{1 title, 2 version}).
 */
export const openapiV2 = {
  contentType: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
  body: message([text(1, '2.0'), field(2, message([text(1, 'Sallyport'), text(2, 'unversioned')]))]),
} as const;

function text(number: number, value: string): Buffer {
  return field(number, Buffer.from(value, 'utf8'));
}

/** A length-delimited field; lengths stay under 128, so that one byte holds them. */
function field(number: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
}

function message(fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}
