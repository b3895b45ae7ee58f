import type { Versions } from '../ownership/index.ts';
import type { KubeObject, WebhookConversion } from '../resources/index.ts';

/** A conversion that a computation cannot go on without. */
class ConversionNeeded extends Error {
  readonly object: KubeObject;
  readonly apiVersion: string;
  constructor(object: KubeObject, apiVersion: string) {
    super(`an object is needed in ${apiVersion}`);
    this.object = object;
    this.apiVersion = apiVersion;
  }
}

/**
 * Runs a pure computation that looks at objects in other versions. It is run again from its beginning whenever it has asked for
 * one that a webhook has yet to make: so that who owns which field is one computation, with webhooks and without.
 * Throws StatusError 500 when the webhook fails.
 */
export async function acrossVersions<T>(
  conversion: WebhookConversion,
  compute: (versions: Versions) => T,
): Promise<T> {
  const known = new Map<string, KubeObject>();
  const keyOf = (object: KubeObject, apiVersion: string) => `${apiVersion} ${JSON.stringify(object)}`;
  const versions: Versions = {
    typeOf: (apiVersion) => conversion.typeOf(apiVersion),
    convert(object, apiVersion) {
      if (object.apiVersion === apiVersion) return object;
      const converted = known.get(keyOf(object, apiVersion));
      if (converted === undefined) throw new ConversionNeeded(object, apiVersion);
      return converted;
    },
  };
  for (;;) {
    try {
      return compute(versions);
    } catch (error) {
      if (!(error instanceof ConversionNeeded)) throw error;
      const { object, apiVersion } = error;
      known.set(keyOf(object, apiVersion), await conversion.convert(object, apiVersion));
    }
  }
}
