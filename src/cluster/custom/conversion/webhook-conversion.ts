import { untypedError } from '../../../kube/index.ts';
import type { KubeObject, ResourceType, WebhookConversion } from '../../resources/index.ts';
import { coerced, keptObject } from '../kind/custom-kind.ts';
import type { SchemaVersion, SchemaVersions } from '../kind/schema-versions.ts';
import { decodeEmbedded, embeddedProblem } from '../structural/decode-embedded.ts';
import { hasEmbedded } from '../structural/walk-embedded.ts';
import type { Convert } from './webhook-converter.ts';

/**
 * What a webhook makes of objects between one version and all others. Objects get the defaults of the version that they
 * are kept in before they are sent; what comes back loses what its version does not specify, and gets no defaults.
 * Source: apiextensions-apiserver/pkg/apiserver/customresource_handler.go crdConversionRESTOptionsGetter.
 * @param typeOf the kind by apiVersion
 */
export function webhookConversion(
  own: SchemaVersion,
  { stored, all }: SchemaVersions,
  convert: Convert,
  typeOf: (apiVersion: string) => ResourceType | undefined,
): WebhookConversion {
  async function inVersion(
    objects: readonly KubeObject[],
    version: SchemaVersion,
  ): Promise<readonly KubeObject[]> {
    const isOther = ({ apiVersion }: KubeObject) => apiVersion !== version.groupVersion;
    const others = objects.filter(isOther);
    if (others.length === 0) return objects;
    const converted = await convert(others, version.groupVersion);
    const made = new Map(others.map((object, index) => [object, converted[index] ?? object]));
    return objects.map((object) => {
      const other = made.get(object);
      return other === undefined ? object : confirmCoerced(other, version);
    });
  }

  return {
    fromStored: (kept) =>
      inVersion(
        kept.map((object) => keptObject(object, all)),
        own,
      ),
    async toStored(object) {
      const [kept] = await inVersion([object], stored);
      return kept ?? object;
    },
    async convert(object, apiVersion) {
      const version = all.get(apiVersion);
      if (version === undefined) {
        throw untypedError(`request to convert CR to an invalid group/version: ${apiVersion}`);
      }
      const [converted] = await inVersion([object], version);
      return converted ?? object;
    },
    typeOf,
  };
}

/** Throws StatusError 500 for metadata of embedded objects that is none. */
function confirmCoerced(object: KubeObject, version: SchemaVersion): KubeObject {
  const { schema } = version;
  if (!hasEmbedded(schema)) return coerced(object, version);
  const problem = embeddedProblem(object, schema);
  if (problem !== undefined) throw untypedError(problem);
  return coerced(decodeEmbedded(object, schema) as KubeObject, version);
}
