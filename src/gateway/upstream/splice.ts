import type { Duplex } from 'node:stream';

/**
 * Makes two connections one: bytes go both ways with back-pressure, and an end goes on only when everything before it has.
 * When one breaks, the other is cut at once.
 */
export function splice(client: Duplex, upstream: Duplex): void {
  // Else Node ends a TLS connection as soon as its client has, and what the client said last breaks with what it does not hear.
  client.allowHalfOpen = true;
  joinEnds(client, upstream);
  joinEnds(upstream, client);
  client.pipe(upstream);
  upstream.pipe(client);
}

function joinEnds(one: Duplex, other: Duplex): void {
  one.on('error', () => {
    one.destroy();
    other.destroy();
  });
  one.once('close', () => {
    // What has come before the end is still on its way; `end` closes behind it.
    if (one.readableEnded) other.end(() => other.destroy());
    else other.destroy();
  });
}
