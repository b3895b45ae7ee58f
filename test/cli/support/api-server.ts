import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { resolve } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import {
  createPolicy,
  defaultPolicyObjects,
  type PolicyObject,
  RESOURCE_OF_KIND,
} from '../../../src/rbac/index.ts';

const DISCOVERY = resolve(import.meta.dirname, '../../corpus/cluster/discovery');

export interface ApiServer {
  readonly url: string;
  /** Method and path with query of each request, in order. */
  readonly requests: string[];
}

export interface ApiServerOptions {
  readonly objects?: readonly PolicyObject[];
  /** Who a request is from; undefined is answered with 401. */
  readonly userOf?: (request: IncomingMessage) => { username: string; groups: string[] } | undefined;
  /** Objects a page, whatever the limit asks for. */
  readonly pageSize?: number;
  /** Answers before the server does; true when it has. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string };
  /** What the access reviews say, when it is not what the objects say. */
  readonly reviewAllows?: boolean;
}

/** A kube-apiserver as far as the commands ask one: RBAC lists in pages, reviews, discovery. */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const { userOf = () => ({ username: 'admin', groups: ['system:masters', 'system:authenticated'] }) } =
    options;
  const objects = [...defaultPolicyObjects(), ...(options.objects ?? [])];
  const policy = createPolicy();
  for (const object of objects) policy.put('cluster', object);
  const requests: string[] = [];
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`);
    if (options.answer?.(request, response) === true) return;
    const user = userOf(request);
    if (user === undefined) return reply(response, 401, failure('Unauthorized', 'Unauthorized'));
    const url = new URL(request.url ?? '/', 'http://localhost');
    const body = await bodyOf(request);
    const [, kind] =
      Object.entries(RESOURCE_OF_KIND)
        .map(([name, resource]) => [resource, name] as const)
        .find(([resource]) => url.pathname === `/apis/rbac.authorization.k8s.io/v1/${resource}`) ?? [];
    if (kind !== undefined) {
      const asked = {
        verb: 'list',
        apiGroup: 'rbac.authorization.k8s.io',
        resource: RESOURCE_OF_KIND[kind as 'Role'],
      };
      if (!allows({ ...asked, namespace: '' }, user)) {
        const message = `${asked.resource}.rbac.authorization.k8s.io is forbidden: User "${user.username}" cannot list resource "${asked.resource}" in API group "rbac.authorization.k8s.io" at the cluster scope`;
        return reply(response, 403, failure('Forbidden', message));
      }
      return reply(response, 200, page(kind, url.searchParams));
    }
    if (url.pathname.endsWith('/selfsubjectreviews')) {
      return reply(response, 201, { status: { userInfo: user } });
    }
    if (url.pathname.endsWith('/selfsubjectaccessreviews')) {
      const { resourceAttributes: asked, nonResourceAttributes } = body.spec;
      const { decision, reason } = decide(
        { ...asked, apiGroup: asked?.group ?? '', ...nonResourceAttributes },
        user,
      );
      return reply(response, 201, {
        status: { allowed: options.reviewAllows ?? decision === 'allow', reason },
      });
    }
    if (url.pathname.endsWith('/selfsubjectrulesreviews')) {
      return reply(response, 201, { status: policy.rulesFor(user, body.spec.namespace) });
    }
    if (url.pathname === '/api' || url.pathname === '/apis') {
      return reply(
        response,
        200,
        JSON.parse(readFileSync(`${DISCOVERY}/v2-${url.pathname.slice(1)}.json`, 'utf8')),
      );
    }
    return reply(response, 404, failure('NotFound', 'the server could not find the requested resource'));
  };

  function allows(asked: object, user: { username: string; groups: string[] }): boolean {
    return decide(asked, user).decision === 'allow';
  }

  function decide(asked: object, user: { username: string; groups: string[] }) {
    const nothing = {
      path: '',
      apiGroup: '',
      apiVersion: '*',
      resource: '',
      subresource: '',
      namespace: '',
      name: '',
    };
    const attributes = { verb: '', ...nothing, ...asked, user, isResourceRequest: !('path' in asked) };
    return policy.authorize(attributes);
  }

  function page(kind: string, query: URLSearchParams): object {
    const all = objects.filter((object) => object.kind === kind);
    const start = Number(query.get('continue') ?? 0);
    const end = start + (options.pageSize ?? Number(query.get('limit') ?? all.length));
    // The items of a list have neither kind nor version.
    const items = all.slice(start, end).map(({ kind: _, apiVersion: __, ...item }) => item);
    return { kind: `${kind}List`, metadata: end < all.length ? { continue: String(end) } : {}, items };
  }

  const handle = (request: IncomingMessage, response: ServerResponse) => void listener(request, response);
  const { tls } = options;
  const server =
    tls === undefined
      ? createHttpServer(handle)
      : createHttpsServer(
          {
            cert: tls.cert,
            key: tls.key,
            ...(tls.clientCa === undefined
              ? {}
              : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: false }),
          },
          handle,
        );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, requests };
}

/** The common name of the client's certificate, whoever signed it; undefined when there is none. */
export function clientName({ socket }: IncomingMessage): string | undefined {
  const name = (socket as TLSSocket).getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? name : undefined;
}

export function failure(reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason };
}

export function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text === '' ? {} : JSON.parse(text);
}
