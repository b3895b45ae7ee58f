import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCertificateAuthority, signServingCertificate } from '../../../../src/certificates/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects of every shape
type Json = any;

/** What a webhook of a test says to one review, at whatever path; the text of an answer, or an object that becomes it. */
export type Answer = (review: Json, path?: string) => Json;

/** An https server that converts HostPorts, as the one of Kubernetes' documentation does. */
export interface ConversionWebhook {
  readonly url: string;
  readonly port: number;
  /** PEM, base64. */
  readonly caBundle: string;
  /** Everything that was asked, oldest first. */
  readonly reviews: Json[];
  /** Says something else from now on, or what it should when called without. */
  answer(how?: Answer): void;
  /** Lets no review be answered until the promise resolves. */
  hold(until: Promise<unknown>): void;
  close(): Promise<void>;
}

/** @param names what its certificate is for */
export async function openConversionWebhook(
  names: readonly string[] = ['127.0.0.1', 'conversion.default.svc'],
): Promise<ConversionWebhook> {
  const ca = await createCertificateAuthority(new Date());
  const { certificate: cert, privateKey: key } = await signServingCertificate(ca, names, new Date());
  const reviews: Json[] = [];
  let how: Answer = converted;
  let held: Promise<unknown> = Promise.resolve();
  const server: Server = createServer({ cert, key }, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const review = JSON.parse(body);
      reviews.push(review);
      void held.then(() => {
        const answer = how(review, (request.url ?? '').split('?', 1)[0] ?? '');
        response.setHeader('Content-Type', 'application/json');
        response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      });
    });
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}/convert`,
    port,
    caBundle: Buffer.from(ca.certificate).toString('base64'),
    reviews,
    answer: (next = converted) => {
      how = next;
    },
    hold: (until) => {
      held = until;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The answer to a review with these objects. */
export function answerWith(review: Json, objects: readonly Json[], more: object = {}): Json {
  const { apiVersion, kind, request } = review;
  const response = {
    uid: request.uid,
    result: { status: 'Success' },
    convertedObjects: objects,
    ...more,
  };
  return { apiVersion, kind, response };
}

/** A refusal with a sentence of the webhook's own. */
export function refusal(message: string): Answer {
  return (review) => answerWith(review, [], { result: { status: 'Failed', message } });
}

export const converted: Answer = (review) =>
  answerWith(
    review,
    review.request.objects.map((object: Json) => inVersion(object, review.request.desiredAPIVersion)),
  );

/** v1beta1 has `hostPort: host:port`, v1 the two apart. */
function inVersion({ spec = {}, ...object }: Json, apiVersion: string): Json {
  if (apiVersion.endsWith('/v1')) {
    const { hostPort, ...rest } = spec;
    const [host, port] = hostPort === undefined ? [] : hostPort.split(':');
    return { ...object, apiVersion, spec: { ...rest, ...(host && { host }), ...(port && { port }) } };
  }
  const { host, port, ...rest } = spec;
  const hostPort =
    host === undefined && port === undefined ? {} : { hostPort: `${host ?? ''}:${port ?? ''}` };
  return { ...object, apiVersion, spec: { ...rest, ...hostPort } };
}
