import type { ConnectorConfig } from '../../../src/identity/index.ts';
import type { BrowserLike, PageSeen } from '../support/browser-like.ts';
import {
  type Attempt,
  type Door,
  type DoorOptions,
  loopback,
  openDoor,
  startAuthorization,
} from '../support/door.ts';
import type { FakeProvider } from './fake-provider.ts';

/** A connector of type oidc, as a configuration that says little has it. */
export function connectorTo(
  issuer: string,
  base: string,
  id = 'corp',
  config: Partial<ConnectorConfig['config']> = {},
): ConnectorConfig {
  return {
    type: 'oidc',
    id,
    name: id === 'corp' ? 'Corporation' : id,
    config: {
      issuer,
      clientID: 'sallyport',
      clientSecret: 'upstream-secret',
      redirectURI: `${base}/callback/${id}`,
      rootCAs: [],
      insecureSkipEmailVerified: false,
      insecureEnableGroups: true,
      allowedGroups: [],
      acrValues: [],
      getUserInfo: false,
      overrideClaimMapping: false,
      ...config,
    },
  };
}

/** A door with connectors, whose addresses are known once it listens. */
export async function openDoorWith(
  connectors: (base: string) => readonly ConnectorConfig[],
  options: DoorOptions = {},
): Promise<Door> {
  const probe = await openDoor({ ...options, connectors: [] });
  await probe.close();
  return openDoor({ ...options, port: probe.port, connectors: connectors(probe.issuer) });
}

export interface BegunSignIn {
  readonly browser: BrowserLike;
  readonly attempt: Attempt;
  readonly page: PageSeen;
}

/** An application's request, and the page that it comes to. */
export async function beginSignIn(
  door: Door,
  parameters: Record<string, string> = {},
  browser = door.browser(),
): Promise<BegunSignIn> {
  const config = await door.relyingParty('kubectl');
  const attempt = await startAuthorization(config, {
    redirect_uri: loopback,
    scope: 'openid email profile groups offline_access federated:id',
    ...parameters,
  });
  return { browser, attempt, page: await browser.open(attempt.url) };
}

/** Follows the button of a connector on the page of choices; ends at the connector's own address. */
export function choose(browser: BrowserLike, page: PageSeen, id: string): Promise<PageSeen> {
  const link = new RegExp(`href="([^"]*/connector/${id})"`).exec(page.body)?.[1];
  if (link === undefined) throw new Error(`no button for ${id} on ${page.url}`);
  return browser.open(new URL(link, page.url).href);
}

/** From the connector's page back, and on to the application. */
export async function comeBack(
  browser: BrowserLike,
  provider: FakeProvider,
  page: PageSeen,
): Promise<PageSeen> {
  const back = await browser.open(provider.authorize(page.url));
  return back.body.includes('/consent"') ? browser.submit(back, {}, '/consent') : back;
}
