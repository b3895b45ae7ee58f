import type { KubeObject } from '../../resources/index.ts';
import { asJsonObject, asText, isJsonObject } from '../../schema/index.ts';
import { ConversionError } from './conversion-error.ts';

/** The versions of ConversionReview that are spoken here. */
export const reviewVersions: readonly string[] = ['v1', 'v1beta1'];

const group = 'apiextensions.k8s.io';

/** What a webhook is asked. */
export interface ReviewRequest {
  /** One of reviewVersions. */
  readonly version: string;
  readonly uid: string;
  /** The apiVersion that all objects are to have. */
  readonly desired: string;
  readonly objects: readonly KubeObject[];
}

/** The question as JSON. Source: apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go. */
export function encodeReview({ version, uid, desired, objects }: ReviewRequest): string {
  return JSON.stringify({
    kind: 'ConversionReview',
    apiVersion: `${group}/${version}`,
    request: { uid, desiredAPIVersion: desired, objects },
    // Go's client has no way to leave it out, and somebody may count on it.
    response: { uid: '', convertedObjects: null, result: { metadata: {} } },
  });
}

/**
 * The objects of an answer, unchecked. Throws ConversionError when it is none to the question, or no success.
 * @param review JSON, whoever made it
 */
export function convertedObjects(review: unknown, { version, uid }: ReviewRequest): readonly unknown[] {
  const { kind, apiVersion, response } = asJsonObject(review);
  const isOfVersion = kind === 'ConversionReview' && apiVersion === `${group}/${version}`;
  // Webhooks of v1beta1 have never been held to it.
  if (version === 'v1' && !isOfVersion) {
    const expected = `${group}/v1, Kind=ConversionReview`;
    throw new ConversionError(
      `expected webhook response of ${expected}, got ${groupVersionKind(apiVersion, kind)}`,
    );
  }
  if (!isJsonObject(response)) throw new ConversionError('no response provided');
  if (version === 'v1' && response['uid'] !== uid) {
    const got = JSON.stringify(response['uid'] ?? '');
    throw new ConversionError(`expected response.uid=${JSON.stringify(uid)}, got ${got}`);
  }
  const { status = '', message } = asJsonObject(response['result']);
  if (status !== 'Success') {
    const text = asText(message) ?? '';
    throw new ConversionError(
      text === '' ? `response.result.status was '${String(status)}', not 'Success'` : text,
    );
  }
  const { convertedObjects: converted } = response;
  return Array.isArray(converted) ? converted : [];
}

/** As Go prints a GroupVersionKind. */
export function groupVersionKind(apiVersion: unknown, kind: unknown): string {
  const text = asText(apiVersion) ?? '';
  return `${text.includes('/') ? text : `/${text}`}, Kind=${asText(kind) ?? ''}`;
}
