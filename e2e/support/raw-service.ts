import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { expect } from 'vitest';
import { freePort } from './free-port.ts';
import { askGateway } from './gateway-request.ts';
import {
  type RecordingUpstream,
  type Seen,
  startRecordingUpstream,
  type UpstreamOptions,
} from './recording-upstream.ts';
import { type Sallyport, startSallyport } from './sallyport.ts';
import { startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

/** An address to which raw requests can be sent like to the gateway's. */
export type Address = Pick<Sallyport, 'gateway' | 'dataDir'>;

/** The started product in front of a service that keeps every byte, in two ways, and as a proxy's adviser. */
export interface RawService {
  readonly sallyport: Sallyport;
  readonly upstream: RecordingUpstream;
  readonly issuer: TokenIssuer;
  /** jane may everything at the service, bob nothing. */
  readonly tokens: Readonly<Record<'jane' | 'bob', string>>;
  /** Whatever is asked for, the question is about one service. */
  readonly whole: Address;
  /** The question is about pods in the namespace that the query names; jane may ask about `dev`. */
  readonly byQuery: Address;
  /** The same, for a header. */
  readonly byHeader: Address;
  /** The endpoint that proxies ask, over TLS. */
  readonly advice: Address;
  /** Sends bytes to the endpoint that proxies ask, and gives all that came until it closed. */
  askAdvice(bytes: string, over?: 'http' | 'https'): Promise<string>;
  /** What the service saw of what has been sent so far: a request is sent behind it, and must get its own answer. */
  seen(): Promise<Seen>;
  /** Health, no crash, no token in the log. */
  expectUnharmed(): Promise<void>;
  close(): Promise<void>;
}

const ROLE = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: app, namespace: shop }
rules: [{ apiGroups: [''], resources: [services/proxy], resourceNames: [app], verbs: ['*'] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: app, namespace: shop }
subjects: [{ kind: User, name: jane, apiGroup: rbac.authorization.k8s.io }]
roleRef: { kind: Role, name: app, apiGroup: rbac.authorization.k8s.io }
`;

const ABOUT_APP = '{ namespace: shop, resource: services, subresource: proxy, name: app }';
const ABOUT_PODS = "{ namespace: '{{ .Value }}', resource: pods }";
const PROXIES = ['nginx', 'traefik', 'envoy'] as const;

function configured(origin: string, ports: readonly number[]): string {
  const service = (port: number | undefined, authorization: string) => `
    - https: 127.0.0.1:${port}
      upstream: ${origin}
      ignorePaths: [/healthz]
      authorization: ${authorization}`;
  const advised = (proxy: string) => `
      - { name: ${proxy}, proxy: ${proxy}, ignorePaths: [/healthz], authorization: { resourceAttributes: ${ABOUT_APP} } }`;
  const rewrite = (by: string) => `{ rewrites: { ${by} }, resourceAttributes: ${ABOUT_PODS} }`;
  return `  limits: { headersTimeout: 2s }
  services:${service(ports[0], `{ resourceAttributes: ${ABOUT_APP} }`)}${service(
    ports[1],
    rewrite('byQueryParameter: { name: namespace }'),
  )}${service(ports[2], rewrite('byHttpHeader: { name: X-Namespace }'))}
  forwardAuth:
    http: 127.0.0.1:${ports[3]}
    https: 127.0.0.1:${ports[4]}
    services:${PROXIES.map(advised).join('')}
  target: embedded
`;
}

export async function startRawService(options: UpstreamOptions = {}): Promise<RawService> {
  const [upstream, issuer] = await Promise.all([startRecordingUpstream(options), startTokenIssuer()]);
  const ports = [await freePort(), await freePort(), await freePort(), await freePort(), await freePort()];
  const sallyport = await startSallyport(
    (config) => config.replace('  target: embedded\n', configured(upstream.url, ports)),
    {
      files: {
        'config/demo/authentication.yaml': issuer.authenticationConfiguration,
        'config/demo/rbac/app.yaml': ROLE,
      },
    },
  );
  const tokens = {
    jane: await issuer.token('jane', ['developers']),
    bob: await issuer.token('bob'),
  };
  const at = (port: number | undefined): Address => ({
    gateway: `https://127.0.0.1:${port}`,
    dataDir: sallyport.dataDir,
  });
  const whole = at(ports[0]);
  let asked = 0;
  return {
    sallyport,
    upstream,
    issuer,
    tokens,
    whole,
    byQuery: at(ports[1]),
    byHeader: at(ports[2]),
    advice: at(ports[4]),
    async askAdvice(bytes, over = 'http') {
      const host = '127.0.0.1';
      const ca = readFileSync(join(sallyport.dataDir, 'ca.crt'));
      const socket =
        over === 'http'
          ? connect(ports[3] ?? 0, host)
          : connectTls({ host, port: ports[4] ?? 0, ca, ALPNProtocols: ['http/1.1'] });
      let text = '';
      socket.setEncoding('latin1').on('error', () => {});
      socket.on('data', (chunk: string) => {
        text += chunk;
      });
      socket.write(Buffer.from(bytes, 'latin1'));
      await once(socket, 'close');
      return text;
    },
    async seen() {
      const path = `/behind-${++asked}`;
      const { body } = await askGateway({ ...sallyport, ...whole }, path, {
        headers: { authorization: `Bearer ${tokens.jane}` },
      });
      expect(JSON.parse(body)).toMatchObject({ method: 'GET', url: path, body: '' });
      const { requests, bytes } = upstream.take();
      const others = bytes.map((text) =>
        text
          .split(/(?=GET \/behind-)/)
          .filter((part) => !part.startsWith(`GET ${path} `))
          .join(''),
      );
      return {
        requests: requests.filter(({ url }) => url !== path),
        bytes: others.filter((text) => text !== ''),
      };
    },
    async expectUnharmed() {
      expect((await askGateway(sallyport, '/healthz')).body).toBe('ok');
      const output = sallyport.stdout() + sallyport.stderr();
      expect(output).not.toMatch(/uncaught|unhandled| ERROR | FATAL |\n {4}at /);
      for (const token of Object.values(tokens)) expect(output).not.toContain(token);
    },
    async close() {
      await sallyport.dispose();
      upstream.close();
      issuer.close();
    },
  };
}
