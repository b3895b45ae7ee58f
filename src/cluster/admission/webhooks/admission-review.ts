import { goQuote } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText, isJsonObject } from '../../schema/index.ts';
import type { AdmissionAttributes } from '../attributes.ts';

type Json = Record<string, unknown>;

/** The versions of AdmissionReview that are spoken here. */
export const reviewVersions: readonly string[] = ['v1', 'v1beta1'];

const group = 'admission.k8s.io';

/** What a webhook is asked. */
export interface AsksFor {
  /** One of reviewVersions. */
  readonly version: string;
  readonly uid: string;
  /** See requestOf. */
  readonly request: Json;
  /** In the version that the rule is about. */
  readonly objects: Pick<AdmissionAttributes, 'object' | 'oldObject'>;
}

/** The question as JSON. Source: apiserver/pkg/admission/plugin/webhook/request/admissionreview.go. */
export function encodeReview({ version, uid, request, objects }: AsksFor): string {
  const { dryRun, options, ...asked } = request;
  const { object = null, oldObject = null } = objects;
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: `${group}/${version}`,
    request: { uid, ...asked, object, oldObject, dryRun, options },
  });
}

/** What a webhook has said. */
export interface Verdict {
  readonly allowed: boolean;
  /** A Status, or what there is of one. */
  readonly result: Json;
  /** JSON, as bytes; empty when there is none. */
  readonly patch: Buffer;
  readonly patchType: string;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

/**
 * The verdict of an answer, or what is wrong with it.
 * @param review JSON, whoever made it
 */
export function readVerdict(
  review: unknown,
  { version, uid }: Pick<AsksFor, 'version' | 'uid'>,
  mutates: boolean,
): Verdict | string {
  const { kind, apiVersion, response } = asJsonObject(review);
  if (!isJsonObject(response)) return 'webhook response was absent';
  const patch = Buffer.from(asText(response['patch']) ?? '', 'base64');
  const patchType = response['patchType'] ?? undefined;
  // Webhooks of v1beta1 have never been held to any of it.
  const isStrict = version === 'v1';
  if (isStrict) {
    if (response['uid'] !== uid) {
      return `expected response.uid=${goQuote(uid)}, got ${goQuote(asText(response['uid']) ?? '')}`;
    }
    if (kind !== 'AdmissionReview' || apiVersion !== `${group}/v1`) {
      const got = `${asText(apiVersion) ?? ''}, Kind=${asText(kind) ?? ''}`;
      const full = got.includes('/') ? got : `/${got}`;
      return `expected webhook response of ${group}/v1, Kind=AdmissionReview, got ${full}`;
    }
    const problem = patchProblem(patch, patchType, mutates);
    if (problem !== undefined) return problem;
  }
  return {
    allowed: response['allowed'] === true,
    result: asJsonObject(response['status']),
    patch: mutates ? patch : Buffer.alloc(0),
    patchType: isStrict ? String(patchType ?? '') : 'JSONPatch',
    warnings: asJsonArray(response['warnings']).flatMap((each) => asText(each) ?? []),
    auditAnnotations: textsOf(response['auditAnnotations']),
  };
}

/** A mutating webhook says both or neither; a validating one neither. */
function patchProblem(patch: Buffer, patchType: unknown, mutates: boolean): string | undefined {
  if (!mutates) {
    if (patch.length > 0) return 'validating webhook may not return response.patch';
    return patchType === undefined ? undefined : 'validating webhook may not return response.patchType';
  }
  if (patch.length > 0 && patchType === undefined) {
    return 'webhook returned response.patch but not response.patchType';
  }
  if (patch.length === 0 && patchType !== undefined) {
    return 'webhook returned response.patchType but not response.patch';
  }
  return patchType === '' ? 'webhook returned invalid response.patchType of ""' : undefined;
}

function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(asJsonObject(value));
  return Object.fromEntries(
    entries.flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  );
}
