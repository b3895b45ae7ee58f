import { type BrowserLike, formsOf, type PageSeen } from '../support/browser-like.ts';
import { credentials, type Door } from '../support/door.ts';

export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';

export interface DeviceAnswer {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
}

/** What a device asks first, by hand: with headers and parameters that no client library sends. */
export async function askForCode(
  door: Door,
  parameters: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<{ status: number; body: DeviceAnswer & Record<string, unknown> }> {
  const answer = await fetch(`${door.issuer}/device/code`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ client_id: 'kubectl', scope: 'openid groups', ...parameters }),
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

/** Signs in where asked to, and enters the code. Ends at the page to confirm, or at the one that says what is wrong. */
export async function enterCode(
  browser: BrowserLike,
  url: string,
  code?: string,
  person = credentials,
): Promise<PageSeen> {
  let page = await browser.open(url);
  if (page.body.includes('name="password"')) page = await browser.submit(page, person, '/login');
  return browser.submit(page, code === undefined ? {} : { user_code: code }, '/device');
}

export function decide(
  browser: BrowserLike,
  page: PageSeen,
  decision: 'approve' | 'deny',
): Promise<PageSeen> {
  return browser.submit(page, { decision }, '/device/confirm');
}

/** Goes all the way for a device's code. */
export async function approve(
  browser: BrowserLike,
  { verification_uri, user_code }: Pick<DeviceAnswer, 'verification_uri' | 'user_code'>,
): Promise<PageSeen> {
  return decide(browser, await enterCode(browser, verification_uri, user_code), 'approve');
}

export async function poll(
  door: Pick<Door, 'issuer'>,
  deviceCode: string,
  parameters: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${door.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: deviceCodeGrant,
      client_id: 'kubectl',
      device_code: deviceCode,
      ...parameters,
    }),
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

export const userCodeOn = (page: PageSeen) => formsOf(page)[0]?.fields['user_code'];

export function claimsOf(token: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString());
}
