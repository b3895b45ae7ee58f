import { fieldError, fieldErrorsText, isDeeperThan } from '../../../kube/index.ts';
import type { CustomKind, KubeObject } from '../../resources/index.ts';
import { asJsonObject, objectMetadata } from '../../schema/index.ts';
import { decodeEmbedded, embeddedProblem, unknownEmbeddedFields } from '../structural/decode-embedded.ts';
import type { JsonSchema } from '../structural/json-schema.ts';
import { prune } from '../structural/prune.ts';
import { setDefaults } from '../structural/set-defaults.ts';
import { hasEmbedded } from '../structural/walk-embedded.ts';

/** The walks over objects are recursive and have only the stack. */
const maxDepth = 200;

type Codec = Pick<CustomKind, 'typeProblem' | 'unknownFields' | 'decode' | 'toStored' | 'fromStored'>;

/** A version and its schema. */
export interface SchemaVersion {
  readonly groupVersion: string;
  readonly schema: JsonSchema;
}

/**
 * Reading and writing objects of one version, which are kept in another one. Between versions only apiVersion changes.
 * Source: apiextensions-apiserver/pkg/apiserver/customresource_handler.go, schemaCoercingDecoder and -Converter.
 */
export function customCodec(kind: string, own: SchemaVersion, stored: SchemaVersion): Codec {
  const { groupVersion: apiVersion, schema } = own;
  const embeds = hasEmbedded(schema);

  function decode(object: KubeObject): KubeObject {
    const metadata = objectMetadata.decode(object.metadata);
    const { metadata: _, ...content } = object;
    const known = prune(content, schema);
    const coerced = embeds ? asJsonObject(decodeEmbedded(known, schema)) : known;
    return { apiVersion, kind, metadata, ...asJsonObject(setDefaults(coerced, schema)) };
  }

  return {
    typeProblem(object) {
      if (isDeeperThan(object, maxDepth)) return 'json: exceeded max depth';
      const { metadata } = asJsonObject(object);
      const problem = metadata === undefined ? undefined : objectMetadata.typeProblem(metadata);
      if (problem !== undefined) return fieldErrorsText([fieldError.invalid('metadata', metadata, problem)]);
      return embeds ? embeddedProblem(object, schema) : undefined;
    },
    unknownFields(object) {
      const found: string[] = [];
      prune(asJsonObject(object), schema, (path) => found.push(path));
      return [
        ...objectMetadata.unknownFields(asJsonObject(object)['metadata'], 'metadata'),
        ...(embeds ? unknownEmbeddedFields(object, schema) : []),
        ...found,
      ].toSorted();
    },
    decode,
    toStored: (object) =>
      own.groupVersion === stored.groupVersion
        ? object
        : { ...prune(object, stored.schema), apiVersion: stored.groupVersion, metadata: object.metadata },
    fromStored(object) {
      const { metadata, ...content } = object;
      const known = setDefaults(prune(content, schema), schema);
      return { ...asJsonObject(known), apiVersion, kind, metadata };
    },
  };
}
