import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { onExchangeEnd } from '../exchange-end.ts';
import type { AuditTrail } from './audit-trail.ts';

/**
 * Ends the trail with the response, the connection, or the last byte's sending, whichever comes first.
 * @param early write the last event before the answer's end is sent, not after
 */
export function followResponse(
  trail: Pick<AuditTrail, 'annotate' | 'complete' | 'longRunning' | 'responseStarted'>,
  response: ServerResponse | Http2ServerResponse,
  early: boolean,
): void {
  if (trail.longRunning) before(response, 'writeHead', (code) => trail.responseStarted(Number(code)));
  if (early) before(response, 'end', () => trail.complete(response.statusCode));

  onExchangeEnd(response, () => {
    // A stream has no end of its own. Any other answer was cut off by whoever gave it, or by a client that left.
    if (response.headersSent && !response.writableEnded && !trail.longRunning) {
      trail.annotate('sallyport.dev/incomplete', 'true');
    }
    trail.complete(response.headersSent ? response.statusCode : undefined);
  });
}

function before(
  response: ServerResponse | Http2ServerResponse,
  method: 'writeHead' | 'end',
  act: (first: unknown) => void,
): void {
  const original = response[method];
  const replacement = (...given: unknown[]): unknown => {
    act(given[0]);
    return Reflect.apply(original, response, given);
  };
  Object.assign(response, { [method]: replacement });
}
