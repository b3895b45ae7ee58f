import { type Codec, double, flag, holder, int64, later, message, text } from './message.ts';
import type { SwaggerDocument } from './swagger-document.ts';

/**
 * A Swagger document as kubectl reads it: google/gnostic's message openapi.v2.Document. Only fields that kube-apiserver's
 * documents have are here. Source: gnostic openapiv2/OpenAPIv2.proto.
 * @param swagger a part of a document, too: two encoded ones, one after the other, are read as both together
 */
export function encodeSwagger(swagger: Partial<SwaggerDocument>): Buffer {
  return document.encode(swagger) ?? Buffer.alloc(0);
}

/** A value of any form is YAML, of which JSON is a part. */
const any: Codec = {
  wireType: 2,
  encode: (value) => holder(2, text).encode(`${JSON.stringify(value)}\n`),
};

const schema: Codec = message(
  {
    $ref: [1, text],
    format: [2, text],
    title: [3, text],
    description: [4, text],
    default: [5, any],
    multipleOf: [6, double],
    maximum: [7, double],
    exclusiveMaximum: [8, flag],
    minimum: [9, double],
    exclusiveMinimum: [10, flag],
    maxLength: [11, int64],
    minLength: [12, int64],
    pattern: [13, text],
    maxItems: [14, int64],
    minItems: [15, int64],
    uniqueItems: [16, flag],
    maxProperties: [17, int64],
    minProperties: [18, int64],
    required: [19, text, 'each'],
    enum: [20, any, 'each'],
    additionalProperties: [21, later(() => additionalProperties)],
    type: [22, holder(1, text)],
    items: [23, later(() => holder(1, schema))],
    properties: [25, later(() => holder(1, schema, 'entry'))],
    externalDocs: [29, message({ description: [1, text], url: [2, text] })],
    example: [30, any],
  },
  [31, any, 'entry'],
);

const additionalProperties: Codec = {
  wireType: 2,
  encode: (value) => (typeof value === 'boolean' ? holder(2, flag) : holder(1, schema)).encode(value),
};

const bodyParameter = message({
  description: [1, text],
  name: [2, text],
  in: [3, text],
  required: [4, flag],
  schema: [5, schema],
});
const queryParameter = message({
  required: [1, flag],
  in: [2, text],
  description: [3, text],
  name: [4, text],
  type: [6, text],
  format: [7, text],
  uniqueItems: [20, flag],
});
const pathParameter = message({
  required: [1, flag],
  in: [2, text],
  description: [3, text],
  name: [4, text],
  type: [5, text],
  format: [6, text],
  uniqueItems: [19, flag],
});

/** ParametersItem: here always a Parameter, which is a BodyParameter or, with its place, a NonBodyParameter. */
const parameter: Codec = {
  wireType: 2,
  encode(value) {
    const place = (value as { readonly in: string }).in;
    if (place === 'body') return holder(1, holder(1, bodyParameter)).encode(value);
    const own = place === 'path' ? holder(4, pathParameter) : holder(3, queryParameter);
    return holder(1, holder(2, own)).encode(value);
  },
};

const response = message({ description: [1, text], schema: [2, holder(1, schema)] });

const operation = message(
  {
    tags: [1, text, 'each'],
    description: [3, text],
    operationId: [5, text],
    produces: [6, text, 'each'],
    consumes: [7, text, 'each'],
    parameters: [8, parameter, 'each'],
    responses: [9, holder(1, holder(1, response), 'entry')],
    schemes: [10, text, 'each'],
  },
  [13, any, 'entry'],
);

const pathItem = message({
  get: [2, operation],
  put: [3, operation],
  post: [4, operation],
  delete: [5, operation],
  patch: [8, operation],
  parameters: [9, parameter, 'each'],
});

const apiKey = message({ type: [1, text], name: [2, text], in: [3, text], description: [4, text] });

const document = message({
  swagger: [1, text],
  info: [2, message({ title: [1, text], version: [2, text] })],
  paths: [8, holder(2, pathItem, 'entry')],
  definitions: [9, holder(1, schema, 'entry')],
  security: [12, holder(1, holder(1, text, 'each'), 'entry'), 'each'],
  securityDefinitions: [13, holder(1, holder(2, apiKey), 'entry')],
});
