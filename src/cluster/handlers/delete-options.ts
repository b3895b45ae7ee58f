import { readBody } from '../../http/index.ts';
import { badRequest, dryRunErrors, type FieldError, fieldError } from '../../kube/index.ts';
import { invalidOptions } from '../failures.ts';
import type { PropagationPolicy } from '../objects/finalizers.ts';
import { asJsonArray, asJsonObject, problemOfTypes } from '../schema/index.ts';
import { deleteOptionsProblem } from './claimed-kind.ts';
import type { Call, HandlerContext } from './handler-context.ts';
import { integerParameter } from './integer-parameter.ts';
import { claimsOf, parseBody } from './parse-body.ts';
import type { RequestQuery } from './request-query.ts';

export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagationPolicy?: PropagationPolicy;
  readonly gracePeriodSeconds?: number;
}

const policies: readonly string[] = ['Foreground', 'Background', 'Orphan'];

/** From the body or, when there is none, from the query. Throws StatusError 400 or 422. */
export async function readDeleteOptions(
  context: Pick<HandlerContext, 'maxBodyBytes'>,
  call: Call,
): Promise<DeleteOptions> {
  const body = await readBody(call.request, context.maxBodyBytes);
  const contentType = call.request.headers['content-type'];
  return interpretDeleteOptions(body.length === 0 ? fromQuery(call.query) : fromBody(contentType, body));
}

const schema = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';
const own = { apiVersion: 'meta.k8s.io/v1', kind: 'DeleteOptions' };

/** A body that is not understood deletes nothing; only fields that nobody knows are let pass. Throws StatusError 400. */
function fromBody(contentType: string | undefined, body: Buffer): Record<string, unknown> {
  const raw = parseBody(contentType, body, badRequest);
  const problem = deleteOptionsProblem(claimsOf(raw, own, badRequest)) ?? problemOfTypes(schema, raw.value);
  if (problem !== undefined) throw badRequest(problem);
  return raw.value;
}

/** Source: apimachinery/pkg/apis/meta/v1/conversion.go Convert_url_Values_To_v1_DeleteOptions. */
function fromQuery(query: RequestQuery): Record<string, unknown> {
  const dryRun = query.all('dryRun');
  const orphanDependents = query.bool('orphanDependents');
  const [propagationPolicy] = query.all('propagationPolicy');
  const [uid, resourceVersion] = [query.text('uid'), query.text('resourceVersion')];
  const gracePeriodSeconds = integerParameter(query, 'gracePeriodSeconds');
  return {
    dryRun,
    preconditions: { ...(uid !== '' && { uid }), ...(resourceVersion !== '' && { resourceVersion }) },
    ...(orphanDependents === undefined ? {} : { orphanDependents }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
  };
}

/** A DeleteOptions object. Throws StatusError 422. */
export function interpretDeleteOptions(given: Record<string, unknown>): DeleteOptions {
  const dryRun = asJsonArray(given['dryRun']).map((value) => String(value ?? ''));
  const policy = given['propagationPolicy'] ?? undefined;
  const orphan = given['orphanDependents'] ?? undefined;
  const errors = [...policyErrors(policy, orphan), ...dryRunErrors(dryRun)];
  if (errors.length > 0) throw invalidOptions('DeleteOptions', errors);
  const { uid, resourceVersion } = asJsonObject(given['preconditions']);
  const propagationPolicy = policyOf(policy, orphan);
  const { gracePeriodSeconds } = given;
  return {
    dryRun: dryRun.length > 0,
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(Number.isSafeInteger(gracePeriodSeconds) ? { gracePeriodSeconds: Number(gracePeriodSeconds) } : {}),
  };
}

/** Source: Kubernetes apimachinery/pkg/apis/meta/v1/validation ValidateDeleteOptions. */
function policyErrors(policy: unknown, orphan: unknown): FieldError[] {
  if (policy === undefined) return [];
  if (orphan !== undefined) {
    return [
      fieldError.invalid(
        'propagationPolicy',
        policy,
        'orphanDependents and deletionPropagation cannot be both set',
      ),
    ];
  }
  if (typeof policy === 'string' && policies.includes(policy)) return [];
  return [fieldError.notSupported('propagationPolicy', policy, [...policies, 'nil'])];
}

function policyOf(policy: unknown, orphan: unknown): PropagationPolicy | undefined {
  if (policy === 'Background' || policy === 'Foreground' || policy === 'Orphan') return policy;
  // The deprecated field; false means "do not orphan", in the background.
  return orphan === undefined ? undefined : orphan === true ? 'Orphan' : 'Background';
}
