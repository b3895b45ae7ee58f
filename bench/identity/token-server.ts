import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSync } from '@node-rs/bcrypt';
import { freePort } from '../../e2e/support/free-port.ts';
import { onOtherCore } from '../cores.ts';
import { product } from '../product.ts';
import { type StartedProgram, startProgram } from '../start-program.ts';

export const clientSecret = 'bench-secret-of-both-clients';
export const redirectUri = 'https://app.example/callback';
export const password = 'correct horse battery';
/** People who can sign in: `person0@example.com` and so on. */
export const people = 32;

/** Something that issues tokens, in a directory of its own. */
export interface TokenServer {
  readonly origin: string;
  readonly directory: string;
  program(): StartedProgram;
  /** Ends it and starts it again on the same data. */
  restart(): Promise<StartedProgram>;
  close(): Promise<void>;
}

/** The first door alone, on SQLite, with everything on that it does by default. */
export function startDoor(cores = onOtherCore()): Promise<TokenServer> {
  return startServer(cores, async (directory, port) => {
    await writeFile(join(directory, 'bench.yaml'), configuration(port));
    return [join(product(), 'bin/sallyport.js'), 'start', '--config', 'bench.yaml', '--data', 'data'];
  });
}

/** The reference, `bench/peers/bare-oidc-provider.ts`. */
export function startBareProvider(cores = onOtherCore()): Promise<TokenServer> {
  return startServer(cores, async (_directory, port) => [
    'bench/peers/bare-oidc-provider.ts',
    String(port),
    clientSecret,
    redirectUri,
  ]);
}

async function startServer(
  cores: readonly string[],
  prepare: (directory: string, port: number) => Promise<readonly string[]>,
): Promise<TokenServer> {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
  const port = await freePort();
  const args = await prepare(directory, port);
  let program = await startProgram({ directory, cores }, args);
  return {
    origin: `http://127.0.0.1:${port}`,
    directory,
    program: () => program,
    async restart() {
      await program.stop('SIGTERM');
      program = await startProgram({ directory, cores }, args);
      return program;
    },
    async close() {
      await program.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function configuration(port: number): string {
  const hash = hashSync(password, 10);
  const accounts = Array.from({ length: people }, (_, index) => {
    const names = `username: Person ${index}, preferredUsername: person${index}, userID: id-${index}`;
    return `  - { email: person${index}@example.com, hash: '${hash}', ${names}, groups: [developers, oncall] }`;
  });
  return `issuer: http://127.0.0.1:${port}
web:
  http: 127.0.0.1:${port}
  clientRemoteIP: { header: X-Forwarded-For, trustedProxies: [127.0.0.1/32] }
storage: { type: sqlite3, config: { file: data/sallyport.db } }
oauth2:
  skipApprovalScreen: true
  grantTypes: [authorization_code, refresh_token, client_credentials]
enablePasswordDB: true
staticPasswords:
${accounts.join('\n')}
staticClients:
  - { id: web, name: Web, secret: ${clientSecret}, redirectURIs: ['${redirectUri}'] }
  - { id: robot, name: Robot, secret: ${clientSecret}, clientCredentialsClaims: { groups: [deployers] } }
`;
}
