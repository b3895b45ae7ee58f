import { fieldError, fieldErrorsText, isDeeperThan, untypedError } from '../../../kube/index.ts';
import type { CustomKind, KubeObject } from '../../resources/index.ts';
import { asJsonObject, objectMetadata } from '../../schema/index.ts';
import { decodeEmbedded, embeddedProblem, unknownEmbeddedFields } from '../structural/decode-embedded.ts';
import { prune } from '../structural/prune.ts';
import { setDefaults } from '../structural/set-defaults.ts';
import { hasEmbedded } from '../structural/walk-embedded.ts';
import { withoutNulls } from '../structural/without-nulls.ts';
import { maxDepth } from './max-depth.ts';
import type { SchemaVersion, SchemaVersions } from './schema-versions.ts';

type Codec = Pick<
  CustomKind,
  'version' | 'typeProblem' | 'unknownFields' | 'decode' | 'toStored' | 'fromStored' | 'isOutdated'
>;

/**
 * Reading and writing objects of one version, which are kept in another one, or were once kept in a third. Between versions
 * only apiVersion changes.
 * Source: apiextensions-apiserver/pkg/apiserver/customresource_handler.go, schemaCoercingDecoder and -Converter.
 */
export function customCodec(kind: string, own: SchemaVersion, { stored, all }: SchemaVersions): Codec {
  const { groupVersion: apiVersion, schema } = own;
  const embeds = hasEmbedded(schema);

  function decode(object: KubeObject): KubeObject {
    const metadata = objectMetadata.decode(object.metadata);
    const { metadata: _, ...content } = object;
    const known = prune(content, schema);
    const typed = embeds ? asJsonObject(decodeEmbedded(known, schema)) : known;
    return { apiVersion, kind, metadata, ...asJsonObject(setDefaults(typed, schema)) };
  }

  return {
    version: stored.groupVersion.slice(stored.groupVersion.indexOf('/') + 1),
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
    toStored: (object) => (apiVersion === stored.groupVersion ? object : coerced(object, stored)),
    fromStored(object) {
      const kept = { ...keptObject(object, all), kind };
      return kept.apiVersion === apiVersion ? kept : coerced(kept, own);
    },
    isOutdated: (kept) => kept.apiVersion !== stored.groupVersion,
  };
}

/**
 * An object as it is kept, with the defaults of the version that it is kept in. Throws StatusError 500 when there is no such
 * version any more.
 */
export function keptObject(kept: KubeObject, all: SchemaVersions['all']): KubeObject {
  const { metadata, ...content } = kept;
  const version = all.get(kept.apiVersion ?? '');
  if (version === undefined) {
    throw untypedError(`request to convert CR from an invalid group/version: ${kept.apiVersion}`);
  }
  const known = asJsonObject(setDefaults(prune(content, version.schema), version.schema));
  return { ...known, metadata };
}

/** An object that is to be one of a version, without what that version does not specify. */
export function coerced({ metadata, ...content }: KubeObject, version: SchemaVersion): KubeObject {
  const { groupVersion, schema } = version;
  const known = asJsonObject(withoutNulls(prune(content, schema), schema));
  return { ...known, apiVersion: groupVersion, metadata };
}
