import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** What kube-apiserver takes at most. Source: Kubernetes apiserver/pkg/server/config.go MaxRequestBodyBytes. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

export interface BodyOwner {
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/**
 * The whole body of a request.
 * @throws StatusError 413 as soon as it is known to be longer than `maxBytes`
 */
export async function readBody(
  { headers, body }: BodyOwner,
  maxBytes: number = MAX_BODY_BYTES,
): Promise<Buffer> {
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw await tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop must not destroy the connection: the refusal has yet to go out on it.
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
    length += bytes.length;
    if (length > maxBytes) throw await tooLarge(maxBytes);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, length);
}

/** Kubernetes' words are read when they are needed: the first door alone has no other use for them. */
async function tooLarge(maxBytes: number): Promise<Error> {
  const { requestEntityTooLarge } = await import('../kube/index.ts');
  return requestEntityTooLarge(maxBytes);
}
