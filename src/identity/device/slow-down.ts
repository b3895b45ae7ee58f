import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import { beforeGrant } from '../provider/internals.ts';
import { deviceCodeGrant } from './device-code-grant.ts';
import type { PollLimit } from './poll-limit.ts';

/** Answers devices that poll too fast with `slow_down` (RFC 8628 §3.5). Another client's device codes are not counted. */
export function slowDownPolls(provider: Provider, limit: PollLimit): void {
  beforeGrant(provider, deviceCodeGrant, async ({ oidc: { client, params } }) => {
    const value = params?.['device_code'];
    const code = await provider.DeviceCode.find(String(value), { ignoreExpiration: true });
    if (typeof value === 'string' && code !== undefined && code.clientId === client?.clientId) {
      if (await limit.isTooEarly(value, (code.exp ?? 0) * 1000)) throw new errors.SlowDown();
    }
  });
}
