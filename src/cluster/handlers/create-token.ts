import { readBody } from '../../http/index.ts';
import { badRequest, conflict, type FieldError, fieldError, invalid, notFound } from '../../kube/index.ts';
import { findResourceType } from '../resources/index.ts';
import { asJsonArray, asJsonObject, asText, isJsonObject } from '../schema/index.ts';
import { type AskedToken, issuer } from '../service-accounts/index.ts';
import { confirmNamespace } from './create.ts';
import { decodeBody } from './decode-body.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { reviewOf } from './requester.ts';
import { addWarnings, respondJson } from './respond.ts';
import { reviewObject } from './review-object.ts';
import { tokenRequestType } from './subresource-types.ts';
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
  const { dryRun, fieldValidation } = parseWriteOptions('CreateOptions', call.query);
  const contentType = request.headers['content-type'];
  const { object: sent, warnings } = decodeBody(tokenRequestType, contentType, body, fieldValidation);
  addWarnings(response, warnings);
  confirmNamespace(call, sent);
  const review = reviewOf(call, 'CreateOptions', { dryRun });
  const asked = await reviewObject(context, call, { operation: 'CREATE', dryRun, review }, sent);
  const metadata = asJsonObject(asked['metadata']);
  confirmSame(call, metadata);
  const account = await context.objects.objects.get(type, namespace, name);
  if (account === undefined) throw notFound(type, name);
  const { uid = '' } = account.object.metadata;
  confirmUid(name, metadata, uid);
  const spec = withDefaults(asJsonObject(asked['spec']));
  const errors = specErrors(spec);
  if (errors.length > 0) throw invalid(tokenRequestType, '', errors);
  const boundTo = await findBound(context, call, spec['boundObjectRef']);
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
    metadata: shownMetadata(metadata, {
      name,
      namespace,
      uid,
      creationTimestamp: timeOf(context.deps.now()),
    }),
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

/** Throws StatusError 422. */
function confirmSame({ name }: Call, { name: asked = '' }: Json): void {
  if (asked === '' || asked === name) return;
  const error = fieldError.invalid(
    'metadata.name',
    asked,
    'must match the service account name if specified',
  );
  throw invalid(tokenRequestType, name, [error]);
}

/** Throws StatusError 409. */
function confirmUid(name: string, { uid: asked = '' }: Json, uid: string): void {
  if (asked === '' || asked === uid) return;
  const detail = `the UID in the token request (${asked}) does not match the UID of the service account (${uid})`;
  throw conflict({ group: tokenRequestType.group, resource: tokenRequestType.kind }, name, detail);
}

function shownMetadata({ labels, annotations }: Json, own: Json): Json {
  return {
    ...own,
    ...(isJsonObject(labels) && { labels }),
    ...(isJsonObject(annotations) && { annotations }),
  };
}

const boundResources: Readonly<Record<string, string>> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' };

/** Throws StatusError 400, 404 or 409 when the token cannot be bound to it. */
async function findBound(
  context: HandlerContext,
  call: Call,
  reference: unknown,
): Promise<AskedToken['boundTo']> {
  if (!isJsonObject(reference)) return undefined;
  const [kind, name] = [asText(reference['kind']) ?? '', asText(reference['name']) ?? ''];
  const apiVersion = asText(reference['apiVersion']) ?? '';
  const slash = apiVersion.indexOf('/');
  const [group, version] = [apiVersion.slice(0, Math.max(slash, 0)), apiVersion.slice(slash + 1)];
  const type = group === '' ? findResourceType('', 'v1', boundResources[kind] ?? '') : undefined;
  if (type === undefined) {
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  }
  if (name === '') throw badRequest('Name parameter required.');
  const found = await context.objects.objects.get(type, type.namespaced ? call.namespace : '', name);
  if (found === undefined) throw notFound(type, name);
  const { uid = '' } = found.object.metadata;
  const asked = asText(reference['uid']) ?? '';
  if (asked !== '' && asked !== uid) {
    throw conflict(
      { group: '', resource: kind },
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
