import type { TrackFields } from '../objects/track-fields.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import type { Call, HandlerContext } from './handler-context.ts';
import type { WriteOptions } from './write-options.ts';

/** The bookkeeping of a write that is no apply: its manager is who it says, or the client's program. */
export function trackingOf(context: HandlerContext, call: Call, options: WriteOptions): TrackFields {
  const { type, subresource, request } = call;
  const manager = options.fieldManager || programOf(request.headers['user-agent'] ?? '');
  return trackedAs(context.objects, type, manager, subresource);
}

const maxManagerBytes = 128;

/** The User-Agent up to its first '/'. Source: apiserver/pkg/endpoints/handlers/create.go prefixFromUserAgent. */
function programOf(userAgent: string): string {
  let program = '';
  for (const character of userAgent.split('/', 1)[0] ?? '') {
    if (/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) continue;
    if (Buffer.byteLength(program + character) > maxManagerBytes) break;
    program += character;
  }
  return program;
}
