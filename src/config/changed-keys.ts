import type { Config } from './config.ts';

/** What a running server takes over; everything else is read at the start. */
const TAKEN =
  /^(?:(?:static(?:Clients|Passwords)|connectors)(?:\[|$)|enablePasswordDB$|(?:expiry|frontend|oauth2\.(?:grantTypes|passwordConnector|dynamicClientRegistration))(?:\.|$))/;

/** Dex's former name of one of the signer's. */
const OF_THE_SIGNER = 'expiry.signingKeys';

export interface ChangedKeys {
  /** Names of keys, never their values: `staticClients[app].redirectURIs`. */
  readonly taken: readonly string[];
  readonly needRestart: readonly string[];
}

/** The keys in which two configurations differ; a client or connector is named by its id, an account by its userID. */
export function changedKeys(before: Config, after: Config): ChangedKeys {
  const keys = differences(named(before), named(after), '');
  const taken = keys.filter((key) => TAKEN.test(key) && key !== OF_THE_SIGNER);
  return { taken, needRestart: keys.filter((key) => !taken.includes(key)) };
}

/** With lists as maps by what names their entries, and the keys called as in the file. */
function named({ clients, passwords, connectors, ...rest }: Config): Record<string, unknown> {
  return {
    ...rest,
    staticClients: new Map(clients.map((client) => [client.id, client])),
    connectors: new Map(connectors.map((connector) => [connector.id, connector])),
    staticPasswords: new Map(passwords.map((account) => [account.userID, account])),
  };
}

function differences(before: unknown, after: unknown, path: string): string[] {
  const [left, right] = [entriesOf(before), entriesOf(after)];
  if (left === undefined || right === undefined) {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
  }
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names.flatMap((name) => {
    const inner = before instanceof Map ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    return differences(left.get(name), right.get(name), inner);
  });
}

/** Undefined for what has no members of its own. */
function entriesOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (value instanceof Map) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}
