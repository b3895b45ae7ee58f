import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  type AuthenticationConfiguration,
  parseAuthenticationConfiguration,
  type TokenIssuer,
} from '../../../src/gateway/authenticate/index.ts';
import { createStaticKeySource, type JSONWebKeySet, type SigningAlgorithm } from '../../../src/jwt/index.ts';

/** Reads a recorded file of test/corpus/authn. */
export function readRecorded(name: string): string {
  const file = new URL(`../../corpus/authn/${name}.gz`, import.meta.url);
  return gunzipSync(readFileSync(file)).toString('utf8');
}

export function readRows<T>(name: string): readonly T[] {
  return readRecorded(name)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

const configs = JSON.parse(readRecorded('configs.json')) as Record<string, string>;
const issuers = JSON.parse(readRecorded('issuers.json')) as Record<
  string,
  { url: string; jwksServed: JSONWebKeySet }
>;

/** The text of a recorded AuthenticationConfiguration; undefined for one that was given by flags. */
export function configurationText(name: string): string | undefined {
  return configs[`${name}.yaml`];
}

export interface ReplayConfiguration {
  readonly configuration: AuthenticationConfiguration;
  readonly issuers: readonly TokenIssuer[];
}

/** A recorded configuration with the issuers' recorded keys. */
export function replayConfiguration(name: string): ReplayConfiguration {
  const flags = configs[`${name}.flags.txt`];
  if (flags !== undefined) return ofFlags(flags);
  const configuration = parseAuthenticationConfiguration(configs[`${name}.yaml`] ?? '', name);
  return {
    configuration,
    issuers: configuration.jwt.map((authenticator) => ({
      authenticator,
      keys: createStaticKeySource(() => keysOf(authenticator.issuer.url)),
    })),
  };
}

/** An issuer's keys as they were served. */
export function keysOf(url: string): JSONWebKeySet {
  const recorded = Object.values(issuers).find((issuer) => issuer.url === url);
  if (recorded === undefined) throw new Error(`no recorded keys of ${url}`);
  return recorded.jwksServed;
}

/** kube-apiserver's --oidc-* flags as a configuration. */
function ofFlags(text: string): ReplayConfiguration {
  const flags = new Map<string, string>();
  const required: { claim: string; requiredValue: string }[] = [];
  for (const [, name = '', value = ''] of text.matchAll(/--oidc-([a-z-]+)=(\S*)/g)) {
    const [claim = '', requiredValue = ''] = value.split('=');
    if (name === 'required-claim') required.push({ claim, requiredValue });
    else flags.set(name, value);
  }
  const url = flags.get('issuer-url') ?? '';
  const claim = flags.get('username-claim') ?? 'sub';
  const given = flags.get('username-prefix') ?? '';
  const standard = claim === 'email' ? '' : `${url}#`;
  const prefix = given === '-' ? '' : given || standard;
  const groups = flags.get('groups-claim');
  const groupsPrefix = flags.get('groups-prefix') ?? '';
  const configuration: AuthenticationConfiguration = {
    jwt: [
      {
        issuer: { url, audiences: [flags.get('client-id') ?? ''] },
        claimValidationRules: required,
        claimMappings: {
          username: { claim, prefix },
          ...(groups === undefined ? {} : { groups: { claim: groups, prefix: groupsPrefix } }),
        },
      },
    ],
    anonymous: { enabled: true, conditions: [] },
  };
  const algorithms = (flags.get('signing-algs') ?? 'RS256').split(',') as SigningAlgorithm[];
  return {
    configuration,
    issuers: configuration.jwt.map((authenticator) => ({
      authenticator,
      keys: createStaticKeySource(() => keysOf(url)),
      signingAlgorithms: algorithms,
    })),
  };
}
