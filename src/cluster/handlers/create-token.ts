import { readBody } from '../../http/index.ts';
import { badRequest, conflict, type FieldError, fieldError, invalid, notFound } from '../../kube/index.ts';
import { findResourceType } from '../resources/index.ts';
import { asJsonArray, asJsonObject, asText } from '../schema/index.ts';
import { type AskedToken, issuer } from '../service-accounts/index.ts';
import { parseBody } from './decode-body.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { reviewOf } from './requester.ts';
import { respondJson } from './respond.ts';
import { reviewObject } from './review-object.ts';
import { parseWriteOptions } from './write-options.ts';

type Json = Record<string, unknown>;

/** An hour, unless another time is asked for. Source: pkg/apis/authentication/v1/defaults.go. */
const defaultSeconds = 3600;

/**
 * POST of serviceaccounts/token: a token of the account, as a TokenRequest with its answer.
 * Source: Kubernetes pkg/registry/core/serviceaccount/storage/token.go.
 */
export const createToken: Handler = async (context, call) => {
  const { request, response, type, namespace, name } = call;
  const body = await readBody(request, context.maxBodyBytes);
  const { dryRun } = parseWriteOptions('CreateOptions', call.query);
  const sent = asJsonObject(parseBody('TokenRequest', request.headers['content-type'], body).value);
  const review = reviewOf(call, 'CreateOptions', { dryRun });
  const asked = await reviewObject(context, call, { operation: 'CREATE', dryRun, review }, sent);
  const spec = withDefaults(asJsonObject(asked['spec']));
  const errors = specErrors(spec);
  if (errors.length > 0) throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', errors);
  const account = await context.objects.objects.get(type, namespace, name);
  if (account === undefined) throw notFound(type, name);
  confirmSame(call, asJsonObject(asked['metadata']));
  const { uid = '' } = account.object.metadata;
  const boundTo = await findBound(context, call, asJsonObject(spec['boundObjectRef']));
  const issued = dryRun
    ? { token: '', expiresAt: context.deps.now() }
    : await context.tokens.issue({
        namespace,
        account: { name, uid },
        audiences: asJsonArray(spec['audiences']).map(String),
        expirationSeconds: Number(spec['expirationSeconds']),
        boundTo,
      });
  respondJson(request, call.query, response, 201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: timeOf(context.deps.now()) },
    spec,
    status: { token: issued.token, expirationTimestamp: timeOf(issued.expiresAt) },
  });
};

function withDefaults({ audiences, expirationSeconds, boundObjectRef }: Json): Json {
  return {
    audiences: asJsonArray(audiences).length > 0 ? audiences : [issuer],
    expirationSeconds: expirationSeconds ?? defaultSeconds,
    boundObjectRef: boundObjectRef ?? null,
  };
}

/** Source: pkg/apis/authentication/validation/validation.go. */
function specErrors({ expirationSeconds: seconds }: Json): FieldError[] {
  const path = 'spec.expirationSeconds';
  if (typeof seconds !== 'number' || seconds < 600) {
    return [fieldError.invalid(path, seconds, 'may not specify a duration less than 10 minutes')];
  }
  if (seconds <= 2 ** 32) return [];
  return [fieldError.invalid(path, seconds, 'may not specify a duration larger than 2^32 seconds')];
}

function confirmSame({ name, namespace }: Call, metadata: Json): void {
  const { name: asked = name, namespace: place = namespace } = metadata;
  if (asked !== name && asked !== '') {
    throw badRequest(
      `metadata.name ${JSON.stringify(asked)} must match the service account name ${JSON.stringify(name)} if specified`,
    );
  }
  if (place !== namespace && place !== '') {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

const boundResources: Readonly<Record<string, string>> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' };

/** Throws StatusError 400, 404 or 409 when the token cannot be bound to it. */
async function findBound(
  context: HandlerContext,
  call: Call,
  reference: Json,
): Promise<AskedToken['boundTo']> {
  if (Object.keys(reference).length === 0) return undefined;
  const kind = asText(reference['kind']) ?? '';
  const name = asText(reference['name']) ?? '';
  const type = findResourceType('', 'v1', boundResources[kind] ?? '');
  if (type === undefined || asText(reference['apiVersion']) !== 'v1') {
    throw badRequest(`cannot bind token for serviceaccount to object of type ${JSON.stringify(kind)}`);
  }
  const found = await context.objects.objects.get(type, type.namespaced ? call.namespace : '', name);
  if (found === undefined) throw notFound(type, name);
  const { uid = '' } = found.object.metadata;
  const asked = asText(reference['uid']) ?? '';
  if (asked !== '' && asked !== uid) {
    throw conflict(
      type,
      name,
      `the UID in the bound object reference (${asked}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  const account = asText(asJsonObject(found.object['spec'])['serviceAccountName']);
  if (kind === 'Pod' && account !== call.name) {
    throw badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(call.name)} to pod running with different serviceaccount name.`,
    );
  }
  return { kind: kind as 'Pod' | 'Secret' | 'Node', name, uid };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
