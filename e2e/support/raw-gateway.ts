import { expect } from 'vitest';
import { askGateway } from './gateway-request.ts';
import {
  type RecordingUpstream,
  type Seen,
  startRecordingUpstream,
  type UpstreamOptions,
} from './recording-upstream.ts';
import { type Sallyport, startSallyport } from './sallyport.ts';
import { startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

export const OWN_TOKEN = 'canary-own-token';
/** Where the demo's rules let `admin` do everything and `jane` everything in `dev`. */
export const PODS = '/api/v1/namespaces/dev/pods';

/** The started product in front of an upstream that keeps every byte. */
export interface RawGateway {
  readonly sallyport: Sallyport;
  readonly upstream: RecordingUpstream;
  readonly issuer: TokenIssuer;
  /** Tokens of admin, jane (developers) and bob (nobody). */
  readonly tokens: Readonly<Record<'admin' | 'jane' | 'bob', string>>;
  /**
   * What the upstream saw of what has been sent so far. A request is sent behind it and must get its own answer: then nothing
   * is on its way any more, and the process lives.
   */
  seen(): Promise<Seen>;
  /** Health, no crash, no token in the log. */
  expectUnharmed(): Promise<void>;
  close(): Promise<void>;
}

export interface RawGatewayOptions extends UpstreamOptions {
  /** Changes the configuration further. */
  readonly edit?: (config: string) => string;
  readonly files?: Readonly<Record<string, string>>;
}

export async function startRawGateway({
  edit = (config) => config,
  files = {},
  answered,
  begun,
  upgraded,
}: RawGatewayOptions = {}): Promise<RawGateway> {
  const [upstream, issuer] = await Promise.all([
    startRecordingUpstream({ answered, begun, upgraded }),
    startTokenIssuer(),
  ]);
  const sallyport = await startSallyport(
    (config) =>
      edit(
        config
          .replace('  target: embedded\n', `  target: { server: '${upstream.url}', tokenFile: own.token }\n`)
          .replace(/ {2}embedded:\n {4}namespaces: \[dev\]\n/, ''),
      ),
    {
      files: {
        'config/own.token': `${OWN_TOKEN}\n`,
        'config/demo/authentication.yaml': issuer.authenticationConfiguration,
        ...files,
      },
    },
  );
  const tokens = {
    admin: await issuer.token('admin', ['platform-admins']),
    jane: await issuer.token('jane', ['developers']),
    bob: await issuer.token('bob'),
  };
  let asked = 0;
  return {
    sallyport,
    upstream,
    issuer,
    tokens,
    async seen() {
      const path = `${PODS}/behind-${++asked}`;
      const { body } = await askGateway(sallyport, path, {
        headers: { authorization: `Bearer ${tokens.jane}` },
      });
      expect(JSON.parse(body)).toMatchObject({ method: 'GET', url: path, body: '' });
      const { requests, bytes } = upstream.take();
      const isOther = (text: string) => !text.startsWith(`GET ${path} `);
      return {
        requests: requests.filter(({ url }) => url !== path),
        bytes: bytes
          .map((text) =>
            text
              .split(/(?=GET \/api\/v1\/namespaces\/dev\/pods\/behind-)/)
              .filter(isOther)
              .join(''),
          )
          .filter((text) => text !== ''),
      };
    },
    async expectUnharmed() {
      expect((await askGateway(sallyport, '/healthz')).body).toBe('ok');
      const output = sallyport.stdout() + sallyport.stderr();
      expect(output).not.toMatch(/uncaught|unhandled| ERROR | FATAL |\n {4}at /);
      for (const token of [OWN_TOKEN, ...Object.values(tokens)]) expect(output).not.toContain(token);
    },
    async close() {
      await sallyport.dispose();
      upstream.close();
      issuer.close();
    },
  };
}
