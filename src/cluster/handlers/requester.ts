import type { Requester } from '../admission/index.ts';
import type { WriteReview } from '../objects/review-write.ts';
import type { DeleteOptions } from './delete-options.ts';
import type { Call } from './handler-context.ts';
import { addWarnings } from './respond.ts';
import type { WriteOptions } from './write-options.ts';

type Json = Record<string, unknown>;

/** Of all warnings together: clients refuse answers with long headers. Source: apiserver/pkg/endpoints/filters/warning.go. */
const mostCharacters = 4096;

/** Who sends a request, for webhooks and policies. @param options see Requester */
export function requesterOf({ request, response }: Call, options: Json | null): Requester {
  const told = new Set<string>();
  let room = mostCharacters;
  return {
    user: request.user,
    options,
    authorize: (attributes) => request.authorize(attributes),
    warn(text) {
      if (told.has(text) || text.length > room || response.headersSent) return;
      told.add(text);
      room -= text.length;
      addWarnings(response, [text]);
    },
    annotate: (...note) => request.trail?.annotate(...note),
  };
}

/** A write of the object that the path names, or of a part of it. */
export function reviewOf(
  call: Call,
  kind: 'CreateOptions' | 'UpdateOptions',
  options: Pick<WriteOptions, 'dryRun'> & Partial<Pick<WriteOptions, 'fieldManager' | 'asked'>>,
): WriteReview {
  const { dryRun, fieldManager = '', asked = '' } = options;
  const said = {
    ...(dryRun && { dryRun: ['All'] }),
    ...(fieldManager !== '' && { fieldManager }),
    ...(asked !== '' && { fieldValidation: asked }),
  };
  return { requester: requesterOf(call, optionsOf(kind, said)), subresource: call.subresource };
}

export function deletionReviewOf(call: Call, options: DeleteOptions): WriteReview {
  const { dryRun, uid, resourceVersion, propagationPolicy, gracePeriodSeconds } = options;
  const preconditions = {
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
  const said = {
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(Object.keys(preconditions).length > 0 && { preconditions }),
    ...(propagationPolicy !== undefined && { propagationPolicy }),
    ...(dryRun && { dryRun: ['All'] }),
  };
  return { requester: requesterOf(call, optionsOf('DeleteOptions', said)), subresource: '' };
}

function optionsOf(kind: string, said: Json): Json {
  return { kind, apiVersion: 'meta.k8s.io/v1', ...said };
}
