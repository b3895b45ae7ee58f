import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { onExchangeEnd } from '../exchange-end.ts';
import type { AuditTrail } from './audit-trail.ts';

/**
 * Ends the trail with the response, the connection, or the last byte's sending, whichever comes first.
 * @param early store the last event before the answer's end is sent, not after
 */
export function followResponse(
  trail: Pick<AuditTrail, 'annotate' | 'complete' | 'longRunning' | 'responseStarted' | 'stored'>,
  response: ServerResponse | Http2ServerResponse,
  early: boolean,
): void {
  if (trail.longRunning) {
    before(response, 'writeHead', (code) => {
      trail.responseStarted(Number(code));
      return undefined;
    });
  }
  let ending = false;
  if (early) {
    before(response, 'end', () => {
      ending = true;
      trail.complete(response.statusCode);
      return trail.stored;
    });
  }

  onExchangeEnd(response, () => {
    // A stream has no end of its own. Any other answer was cut off by whoever gave it, or by a client that left.
    if (response.headersSent && !response.writableEnded && !ending && !trail.longRunning) {
      trail.annotate('sallyport.dev/incomplete', 'true');
    }
    trail.complete(response.headersSent ? response.statusCode : undefined);
  });
}

/** @param act what it returns is waited for: the response's method is called then */
function before(
  response: ServerResponse | Http2ServerResponse,
  method: 'writeHead' | 'end',
  act: (first: unknown) => Promise<void> | undefined,
): void {
  const original = response[method];
  const replacement = (...given: unknown[]): unknown => {
    const wait = act(given[0]);
    if (wait === undefined) return Reflect.apply(original, response, given);
    const proceed = () => void Reflect.apply(original, response, given);
    wait.then(proceed, proceed);
    return response;
  };
  Object.assign(response, { [method]: replacement });
}
