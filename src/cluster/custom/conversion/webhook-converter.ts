import { randomUUID } from 'node:crypto';
import { untypedError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { WebhookCallError, type WebhookClient } from '../../webhooks/index.ts';
import { confirmConverted, type Named } from './confirm-converted.ts';
import { ConversionError } from './conversion-error.ts';
import type { ConversionFailure, ConversionReport } from './conversion-report.ts';
import { convertedObjects, encodeReview, groupVersionKind, reviewVersions } from './conversion-review.ts';

/**
 * Objects in another version of their kind, in their order. Throws StatusError 500 with what the webhook, or who did not
 * reach it, says; then none is converted.
 * @param desired an apiVersion; none of the objects has it
 */
export type Convert = (objects: readonly KubeObject[], desired: string) => Promise<readonly KubeObject[]>;

/** As many objects go into one review: what a webhook can answer in its 30 seconds. */
const mostObjects = 500;

/** Is told of every review, how it went and how long it took. */
export type OnReview = (report: Omit<ConversionReport, 'definition'>) => void;

/**
 * Has a webhook convert objects.
 * Source: apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go.
 * @param accepted the versions of ConversionReview that the webhook takes, the preferred one first
 */
export function createWebhookConverter(
  client: WebhookClient,
  accepted: readonly string[],
  onReview: OnReview = () => {},
): Convert {
  const version = accepted.find((each) => reviewVersions.includes(each));

  async function review(objects: readonly KubeObject[], desired: string): Promise<readonly KubeObject[]> {
    if (version === undefined) throw untypedError('no supported conversion review versions');
    const request = { version, uid: randomUUID(), desired, objects };
    const asked = objects[0];
    const webhook = `conversion webhook for ${groupVersionKind(asked?.apiVersion, asked?.kind)}`;
    const begin = performance.now();
    const tell = (failure?: ConversionFailure) => {
      const [from, to] = [versionOf(asked?.apiVersion), versionOf(desired)];
      onReview({ from, to, failure, ms: performance.now() - begin });
    };
    const converted = await client
      .post(encodeReview(request))
      .then((answer) => convertedObjects(answer, request))
      .catch((error: unknown) => {
        if (!isExpected(error)) throw error;
        const isCall = error instanceof WebhookCallError;
        tell(`conversion_webhook_${isCall ? 'call' : 'malformed_response'}_failure`);
        throw untypedError(`${webhook} failed: ${error.message}`);
      });
    if (converted.length !== objects.length) {
      tell('conversion_webhook_partial_response_failure');
      throw untypedError(`${webhook} returned ${converted.length} objects, expected ${objects.length}`);
    }
    try {
      const confirmed = objects.map((object, index) =>
        confirmConverted(object, converted[index], desired, nameOf(objects, index)),
      );
      tell();
      return confirmed;
    } catch (error) {
      if (!isExpected(error)) throw error;
      tell('conversion_webhook_invalid_converted_object_failure');
      throw untypedError(`${webhook} returned ${error.message}`);
    }
  }

  return async (objects, desired) => {
    const converted: KubeObject[] = [];
    for (let start = 0; start < objects.length; start += mostObjects) {
      converted.push(...(await review(objects.slice(start, start + mostObjects), desired)));
    }
    return converted;
  };
}

function versionOf(apiVersion = ''): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

function isExpected(error: unknown): error is Error {
  return error instanceof WebhookCallError || error instanceof ConversionError;
}

function nameOf({ length }: readonly KubeObject[], index: number): Named {
  if (length === 1) return { typed: 'object at index 0', object: 'object', metadata: 'metadata' };
  const object = `converted object at index ${index}`;
  return { typed: object, object, metadata: `metadata in object at index ${index}` };
}
