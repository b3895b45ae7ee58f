import type { Config, ListenAddress, StaticPassword } from './config.ts';
import { ConfigError } from './config-error.ts';
import { isLoopback } from './is-loopback.ts';

export interface ExposureDeps {
  /** The e-mail addresses of the accounts that have the demo's password. Costs a hash an account. */
  findDemoPasswords(passwords: readonly StaticPassword[]): Promise<readonly string[]>;
  readonly log: { warn(fields: object, message: string): void };
}

/** With more accounts than this, a configuration is no demo. */
const DEMO_ACCOUNTS = 10;

/**
 * Looks at what others can reach. Everybody knows the demo's password, so an account that has it may exist only where
 * nobody else can use it; and over plain http, whoever sits on the way reads the passwords.
 * @returns the accounts that have the demo's password
 * @throws ConfigError when there is one and an address can be reached from elsewhere
 */
export async function checkExposure(config: Config, deps: ExposureDeps): Promise<readonly StaticPassword[]> {
  warnOfPlainIssuer(config, deps);
  warnOfPlainStorage(config, deps);
  const open = openAddress(config);
  if (open !== undefined) warnOfClearKeys(config, deps);
  if (open !== undefined) refuseExampleSecrets(config, open);
  // Where the answer only decorates the banner, a file with many accounts is not searched.
  if (open === undefined && config.passwords.length > DEMO_ACCOUNTS) return [];
  const emails = await deps.findDemoPasswords(config.passwords);
  if (open !== undefined && emails.length > 0) {
    throw new ConfigError([
      {
        file: config.file,
        path: 'staticPasswords',
        message: `${emails[0]} has the demo's password "password", and ${reach(open)}; give the account another hash, or listen on 127.0.0.1`,
      },
    ]);
  }
  return config.passwords.filter(({ email }) => emails.includes(email));
}

/** Secrets that stand in examples of Dex and of its documentation: everybody has them. */
const EXAMPLE_SECRETS: ReadonlySet<string> = new Set([
  'ZXhhbXBsZS1hcHAtc2VjcmV0',
  'example-app-secret',
  'restricted-client-secret',
  'portal-secret',
  'secret',
  'password',
  'changeme',
]);

/** Whoever knows a client's secret can pass for the client. @throws ConfigError */
function refuseExampleSecrets({ file, clients }: Config, open: ListenAddress): void {
  const faults = clients.flatMap(({ id, secret = '' }, index) =>
    EXAMPLE_SECRETS.has(secret)
      ? [
          {
            file,
            path: `staticClients[${index}]`,
            message: `the secret of ${id} is one that stands in examples, and ${reach(open)}; give it another (openssl rand -hex 32), or listen on 127.0.0.1`,
          },
        ]
      : [],
  );
  if (faults.length > 0) throw new ConfigError(faults);
}

function reach({ host, port }: ListenAddress): string {
  return `${host || 'every interface'}:${port} can be reached from elsewhere`;
}

function openAddress({ web, gateway }: Config): ListenAddress | undefined {
  const services = gateway?.services.map(({ https }) => https) ?? [];
  return [web.http, web.https, gateway?.https, ...services, gateway?.forwardAuth?.https].find(
    (address) => address !== undefined && !isLoopback(address.host),
  );
}

function warnOfClearKeys({ storage }: Config, { log }: ExposureDeps): void {
  if (storage.type === 'memory' || storage.encryption !== undefined) return;
  const place = storage.type === 'etcd' ? { endpoints: storage.endpoints } : { file: storage.file };
  log.warn(
    place,
    'the signing keys lie in the storage in clear: whoever reads it can sign tokens; set storage.encryption',
  );
}

function warnOfPlainStorage({ storage }: Config, { log }: ExposureDeps): void {
  if (storage.type !== 'etcd') return;
  const endpoint = storage.endpoints.find((origin) => {
    const { protocol, hostname } = new URL(origin);
    return protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''));
  });
  if (endpoint === undefined) return;
  log.warn(
    { endpoint },
    'the storage is reached over http: whoever sits on the way reads and changes what is kept',
  );
}

function warnOfPlainIssuer({ issuer }: Config, { log }: ExposureDeps): void {
  const { protocol, hostname } = new URL(issuer);
  if (protocol !== 'http:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))) return;
  log.warn({ issuer }, 'the issuer is not https: passwords and tokens cross the network in clear');
}
