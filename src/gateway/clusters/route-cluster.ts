import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { isHttp2 } from '../../http/index.ts';
import { badRequest, checkRequestTarget, notFoundText, type StatusError } from '../../kube/index.ts';

/** Names in a URL, in a file and in an audit event: as Kubernetes' own (RFC 1123 label). */
const CLUSTER_NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

const PREFIX = '/clusters/';

/** Where a request goes, and what is asked there. */
export interface Route<C> {
  readonly cluster: C;
  /** The request target below the cluster's prefix, byte for byte as the client sent it. */
  readonly target: string;
}

export interface ClusterTable<C> {
  /** The cluster without a prefix and without a name of its own. */
  readonly root: C;
  readonly byName: ReadonlyMap<string, C>;
  /** By the server name that TLS asks for (SNI), in lower case. */
  readonly byServerName: ReadonlyMap<string, C>;
}

/**
 * Finds the cluster that a request is for: by the name in its path, else by the server name of its connection. What the two
 * say must not differ, and a connection that was opened for one cluster's name can't be used for another's Host (HTTP/2
 * clients share connections).
 * @throws StatusError 400 when they differ; 404 when there is no such cluster
 */
export function routeCluster<C>(table: ClusterTable<C>, request: IncomingMessage): Route<C> {
  const target = request.url ?? '';
  const named = table.byServerName.size === 0 ? undefined : byServerName(table, request);
  if (!target.startsWith(PREFIX)) return { cluster: named ?? table.root, target };
  // The prefix is cut off by bytes, so the whole must have one reading.
  const ambiguity = checkRequestTarget(target);
  if (ambiguity !== undefined) throw badRequest(`ambiguous request: ${ambiguity}`);
  const end = endOfName(target);
  const name = target.slice(PREFIX.length, end);
  const cluster = table.byName.get(name);
  if (cluster === undefined) throw noSuchCluster(name);
  if (named !== undefined && named !== cluster) {
    throw badRequest('the path names another cluster than the server name of the connection');
  }
  const rest = target.slice(end);
  return { cluster, target: rest.startsWith('/') ? rest : `/${rest}` };
}

function endOfName(target: string): number {
  const at = target.slice(PREFIX.length).search(/[/?]/);
  return at === -1 ? target.length : PREFIX.length + at;
}

function byServerName<C>(table: ClusterTable<C>, request: IncomingMessage): C | undefined {
  const socket = isHttp2(request)
    ? (request as unknown as Http2ServerRequest).stream.session?.socket
    : request.socket;
  const asked = (socket as TLSSocket | undefined)?.servername;
  const cluster = typeof asked === 'string' ? table.byServerName.get(asked.toLowerCase()) : undefined;
  const host = hostOf(request);
  const hosted = table.byServerName.get(host);
  // The Host of a cluster on a connection for another name, or none: the certificate was not checked against it.
  if (hosted !== undefined && hosted !== cluster) {
    throw badRequest('the Host names another cluster than the server name of the connection');
  }
  return cluster;
}

function hostOf({ headers }: IncomingMessage): string {
  const authority = headers[':authority'];
  const host = typeof authority === 'string' ? authority : (headers.host ?? '');
  return host.replace(/:\d+$/, '').toLowerCase();
}

function noSuchCluster(name: string): StatusError {
  return CLUSTER_NAME.test(name)
    ? notFoundText(`there is no cluster "${name}" here`)
    : notFoundText('there is no such cluster here');
}
