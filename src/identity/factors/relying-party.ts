import { createHmac } from 'node:crypto';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Challenges } from './challenges.ts';
import type { PasskeyRecord } from './factor-record.ts';
import { loadWebAuthn } from './load-webauthn.ts';
import type { Authenticator } from './requirement.ts';

/** Who asks for a passkey, and what for. */
export interface PasskeyOwner {
  readonly accountId: string;
  /** Those that it has already. */
  readonly passkeys: readonly PasskeyRecord[];
  /** What tells the account from the person's others in the browser's list. */
  readonly login: string;
  readonly name: string;
}

export interface Assertion {
  readonly counter: number;
  /** By a PIN, a fingerprint or the like. */
  readonly userVerified: boolean;
}

/** This service as WebAuthn's relying party. What browsers send is checked here and nowhere else. */
export interface RelyingParty {
  /** Whether browsers make passkeys for the issuer's origin: a host with a name, over TLS; or localhost. */
  readonly usable: boolean;
  /** What passkeys know an account by: always the same, and it tells nothing of the account (WebAuthn §14.6.1). */
  handleOf(accountId: string): string;
  /** What the page's script gives to the browser, as JSON. @param binding the browser's session */
  creationOptions(binding: string, owner: PasskeyOwner): Promise<string>;
  /** @param passkeys those that may answer; undefined: any, who then says whose it is and verifies its owner */
  requestOptions(binding: string, passkeys: readonly PasskeyRecord[] | undefined): Promise<string>;
  /** The new passkey; undefined when anything about the answer is not as it has to be. */
  created(answer: string, binding: string): Promise<Omit<PasskeyRecord, 'name' | 'createdAt'> | undefined>;
  /** The same of an answer by a passkey. @param verified whether its owner must have been verified */
  asserted(
    answer: PasskeyAnswer,
    binding: string,
    passkey: PasskeyRecord,
    verified: boolean,
  ): Promise<Assertion | undefined>;
}

export interface PasskeyAnswer {
  readonly json: AuthenticationResponseJSON;
  readonly credentialId: string;
  /** Of the account that it belongs to, as the passkey says. */
  readonly handle: string | undefined;
}

export interface RelyingPartyDeps {
  readonly issuer: string;
  /** The name of the service. */
  name(): string;
  readonly challenges: Challenges;
  /** Behind the handles; always the same. */
  readonly secret: string;
  readonly config: Authenticator['config'];
}

/** ES256, EdDSA, RS256 (WebAuthn §5.8.5). */
const algorithms = [-7, -8, -257];

/** How long a browser waits for the person; a challenge lives as long. */
const timeout = 5 * 60_000;

/** Reads what a form brought; undefined when it is no answer of a passkey. */
export function readPasskeyAnswer(text: string): PasskeyAnswer | undefined {
  const json = parse(text) as Partial<AuthenticationResponseJSON> | undefined;
  if (typeof json?.id !== 'string' || typeof json.response !== 'object' || json.response === null)
    return undefined;
  const { userHandle } = json.response;
  return {
    json: json as AuthenticationResponseJSON,
    credentialId: json.id,
    handle: typeof userHandle === 'string' ? userHandle : undefined,
  };
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isPasskeyOrigin(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  if (hostname === 'localhost' || hostname.endsWith('.localhost')) return true;
  return protocol === 'https:' && !/^\[|^[\d.]+$/.test(hostname);
}

export function createRelyingParty(deps: RelyingPartyDeps): RelyingParty {
  const { issuer, challenges, config } = deps;
  const { origin, hostname: rpID } = new URL(issuer);
  const { userVerification = 'preferred', authenticatorAttachment } = config;
  const handleOf = (accountId: string) =>
    createHmac('sha256', deps.secret).update(`passkey handle\0${accountId}`).digest('base64url');
  const toDescriptors = (passkeys: readonly PasskeyRecord[]) =>
    passkeys.map(({ id, transports }) => ({ id, transports: [...transports] }));
  const expect = (binding: string) => ({
    expectedOrigin: origin,
    expectedRPID: rpID,
    // The library gives the Base64url of what was issued.
    expectedChallenge: (challenge: string) =>
      challenges.take(Buffer.from(challenge, 'base64url').toString(), binding),
  });

  return {
    usable: isPasskeyOrigin(issuer),
    handleOf,
    async creationOptions(binding, { accountId, passkeys, login, name: displayName }) {
      const { generateRegistrationOptions } = await loadWebAuthn();
      const options = await generateRegistrationOptions({
        rpName: config.rpDisplayName ?? deps.name(),
        rpID,
        userID: new Uint8Array(Buffer.from(handleOf(accountId), 'base64url')),
        userName: login,
        userDisplayName: displayName,
        challenge: challenges.issue(binding),
        timeout,
        attestationType: 'none',
        excludeCredentials: toDescriptors(passkeys),
        authenticatorSelection: {
          residentKey: 'preferred',
          userVerification,
          ...(authenticatorAttachment === undefined ? {} : { authenticatorAttachment }),
        },
        supportedAlgorithmIDs: algorithms,
      });
      return JSON.stringify(options);
    },
    async requestOptions(binding, passkeys) {
      const { generateAuthenticationOptions } = await loadWebAuthn();
      const options = await generateAuthenticationOptions({
        rpID,
        challenge: challenges.issue(binding),
        timeout,
        userVerification: passkeys === undefined ? 'required' : userVerification,
        ...(passkeys === undefined ? {} : { allowCredentials: toDescriptors(passkeys) }),
      });
      return JSON.stringify(options);
    },
    async created(answer, binding) {
      const response = parse(answer) as RegistrationResponseJSON | undefined;
      if (response === undefined) return undefined;
      const { verifyRegistrationResponse } = await loadWebAuthn();
      const verified = await verifyRegistrationResponse({
        ...expect(binding),
        response,
        requireUserVerification: userVerification === 'required',
        supportedAlgorithmIDs: algorithms,
      }).catch(() => undefined);
      if (verified?.verified !== true) return undefined;
      const { credential, credentialDeviceType } = verified.registrationInfo;
      return {
        id: credential.id,
        publicKey: Buffer.from(credential.publicKey).toString('base64url'),
        counter: credential.counter,
        transports: (credential.transports ?? []).map(String).slice(0, 8),
        synced: credentialDeviceType === 'multiDevice',
      };
    },
    async asserted({ json }, binding, { id, publicKey }, mustVerify) {
      const { verifyAuthenticationResponse } = await loadWebAuthn();
      const verified = await verifyAuthenticationResponse({
        ...expect(binding),
        response: json,
        // What it has counted so far is compared where it is written.
        credential: { id, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter: 0 },
        requireUserVerification: mustVerify || userVerification === 'required',
      }).catch(() => undefined);
      if (verified?.verified !== true || verified.authenticationInfo.credentialID !== id) return undefined;
      const { newCounter, userVerified } = verified.authenticationInfo;
      return { counter: newCounter, userVerified };
    },
  };
}
