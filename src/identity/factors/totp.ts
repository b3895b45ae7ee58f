import { Secret, TOTP } from 'otpauth';
import { renderSVG } from 'uqr';

/** SHA-1, six digits, 30 seconds: the one set of parameters that all authenticator apps know (RFC 6238 §1.2). */
const parameters = { algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** One step to either side, for clocks and for people (RFC 6238 §5.2). */
const window = 1;

/** A new secret of 160 bits, in Base32 (RFC 4226 §4 R6). */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/**
 * The step that a code belongs to.
 * @param now milliseconds since the epoch
 * @returns undefined when it belongs to none of those that are looked at
 */
export function totpStep(secret: string, code: string, now: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = TOTP.validate({
    ...parameters,
    secret: Secret.fromBase32(secret),
    token: code,
    timestamp: now,
    window,
  });
  return delta === null ? undefined : Math.floor(now / 1000 / parameters.period) + delta;
}

export interface TotpOffer {
  /** In groups of four, for those who type it. */
  readonly secretText: string;
  /** A picture of the QR code, as a `data:` URL. */
  readonly picture: string;
  /** `otpauth:` URI, for an app on the same device. */
  readonly uri: string;
}

/** What an authenticator app needs, to be shown once. */
export function offerTotp(secret: string, issuer: string, label: string): TotpOffer {
  const uri = new TOTP({ ...parameters, issuer, label, secret: Secret.fromBase32(secret) }).toString();
  const svg = renderSVG(uri, { ecc: 'M', border: 2 });
  return {
    secretText: secret.match(/.{1,4}/g)?.join(' ') ?? secret,
    picture: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
    uri,
  };
}
