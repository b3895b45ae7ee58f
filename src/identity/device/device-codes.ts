import type Provider from 'oidc-provider';
import { type Client, errors } from 'oidc-provider';
import { createAddressBudget } from '../../http/index.ts';
import { sessionIdOf } from '../provider/ended-grants.ts';
import type { SignedIn } from '../provider/signed-in.ts';
import type { SessionUse } from '../sessions/session-use.ts';
import { readUserCode } from './user-code.ts';

type DeviceCode = NonNullable<Awaited<ReturnType<Provider['DeviceCode']['findByUserCode']>>>;

/** A device that waits for somebody's decision. */
export interface WaitingDevice {
  readonly client: Client;
  /** Of the person's choice, in the form that the store knows. */
  readonly userCode: string;
  readonly scopes: readonly string[];
  /** The address that the device asked from. */
  readonly address: string;
  /** Its User-Agent header, shortened; empty when it has sent none. */
  readonly userAgent: string;
  /** Seconds since the epoch. */
  readonly askedAt: number;
  readonly expiresAt: number;
}

/** `wrong`: there is no such code, or it has ended, or somebody has decided already. Which of them is nobody's to know. */
export type LookUp = WaitingDevice | 'wrong' | 'tooMany';

export interface DeviceCodes {
  /** Finds the device behind a code that somebody has typed. Codes that are wrong count against the address. */
  lookUp(typed: string, address: string): Promise<LookUp>;
  /**
   * Hands the device over to an account. Of all decisions on one code, one counts.
   * @returns false when it was too late
   */
  approve(
    device: WaitingDevice,
    person: Pick<SignedIn, 'accountId' | 'since' | 'sessionId' | 'amr'>,
  ): Promise<boolean>;
  deny(device: WaitingDevice): Promise<boolean>;
}

/** Wrong codes of one address: 10, and one more a minute. There are 20^8 codes, and each lives for minutes. */
const wrongCodes = { size: 10, every: 60_000 };

/** What is kept of the asking device, for the person to recognise it by. */
export function describeDevice(address: string, userAgent: string | undefined): Record<string, string> {
  return { address, userAgent: (userAgent ?? '').slice(0, 200) };
}

export interface DeviceCodesDeps {
  readonly provider: Provider;
  readonly use: Pick<SessionUse, 'grantGiven'>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The device codes, as the person at the other screen sees them (RFC 8628 §3.3). */
export function createDeviceCodes({ provider, use, now }: DeviceCodesDeps): DeviceCodes {
  const budget = createAddressBudget({ ...wrongCodes, now });

  async function waiting(userCode: string): Promise<DeviceCode | undefined> {
    const code = await provider.DeviceCode.findByUserCode(userCode);
    const ended = code?.exp === undefined || code.exp * 1000 <= now();
    return ended || code.accountId !== undefined || code.error !== undefined ? undefined : code;
  }

  /** @returns false when the code has ended or somebody else's decision came first */
  async function decide(userCode: string, decision: object): Promise<boolean> {
    const code = await waiting(userCode);
    if (code === undefined) return false;
    try {
      await Object.assign(code, decision).save();
      return true;
    } catch (error) {
      if (error instanceof errors.InvalidGrant) return false;
      throw error;
    }
  }

  return {
    async lookUp(typed, address) {
      if (budget.take(address) > 0) return 'tooMany';
      const userCode = readUserCode(typed);
      const code = userCode === undefined ? undefined : await waiting(userCode);
      const client = code?.clientId === undefined ? undefined : await provider.Client.find(code.clientId);
      if (userCode === undefined || code === undefined || client === undefined) return 'wrong';
      budget.refund(address);
      return {
        client,
        userCode,
        scopes: String(code.params?.['scope'] ?? '')
          .split(' ')
          .filter(Boolean),
        address: String(code.deviceInfo?.['address'] ?? ''),
        userAgent: String(code.deviceInfo?.['userAgent'] ?? ''),
        askedAt: code.iat,
        expiresAt: code.exp ?? code.iat,
      };
    },
    async approve(device, { accountId, since, sessionId, amr }) {
      const { client, userCode, scopes, address, userAgent } = device;
      // A device is no part of the browser that it was allowed in: its grant is its own and outlives that session.
      const grant = new provider.Grant({ accountId, clientId: client.clientId });
      const scope = scopes.join(' ');
      grant.addOIDCScope(scope);
      const grantId = await grant.save();
      const given = {
        id: sessionIdOf(grantId),
        accountId,
        clientId: client.clientId,
        browser: undefined,
        bound: false,
        scopes,
        expiresAt: device.expiresAt * 1000,
        address,
        userAgent,
      };
      // Listed before the device can have it: what ends the account in between must find it.
      const won =
        (await use.grantGiven(given, sessionId)) &&
        (await decide(userCode, { accountId, grantId, scope, authTime: since, amr: [...amr] }));
      if (!won) await grant.destroy();
      return won;
    },
    deny: ({ userCode }) =>
      decide(userCode, { error: 'access_denied', errorDescription: 'the person declined' }),
  };
}
