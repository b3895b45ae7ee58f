import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'yaml';
import { configurationText, keysOf } from '../../test/gateway/authenticate/recorded.ts';

interface Authenticator {
  readonly issuer: { readonly url: string };
}

export interface RecordedIssuers {
  /** One AuthenticationConfiguration with the issuers of all, whose keys are found here. */
  readonly configuration: string;
  readonly urls: ReadonlySet<string>;
  close(): void;
}

/**
 * Serves the keys of the issuers that recorded configurations name, at another address than theirs.
 * @param broken issuers that answer with a 500 instead
 */
export async function serveRecordedIssuers(
  names: readonly string[],
  broken: ReadonlySet<string>,
): Promise<RecordedIssuers> {
  const authenticators = names.flatMap(
    (name) => (parse(configurationText(name) ?? '') as { jwt: Authenticator[] }).jwt,
  );
  const urls = authenticators.map(({ issuer }) => issuer.url);
  const server = createServer((request, response) => {
    const [, index = '', file] = (request.url ?? '').split('/');
    const url = urls[Number(index)] ?? '';
    if (broken.has(url)) return void response.writeHead(500).end();
    const document = file === 'keys' ? keysOf(url) : { issuer: url, jwks_uri: `${origin}/${index}/keys` };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jwt = authenticators.map(({ issuer, ...mappings }, index) => {
    const { certificateAuthority: _, ...own } = issuer as Record<string, unknown>;
    return { issuer: { ...own, discoveryURL: `${origin}/${index}/discovery` }, ...mappings };
  });
  // Whether nobody is let in says only a configuration of its own.
  const [alone = ''] = names.length === 1 ? names : [];
  const { anonymous } = (parse(configurationText(alone) ?? '') ?? {}) as { anonymous?: object };
  const apiVersion = 'apiserver.config.k8s.io/v1';
  return {
    configuration: JSON.stringify({ apiVersion, kind: 'AuthenticationConfiguration', jwt, anonymous }),
    urls: new Set(urls),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
