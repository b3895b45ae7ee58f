import { clockSkew, skewText } from '../clock-skew.ts';
import { PluginError } from '../exit.ts';
import type { SendRequest } from '../http-request.ts';
import { discover, fetchKeys, type IssuerMetadata } from '../issuer.ts';
import type { Target } from '../target.ts';
import { oneLine } from '../terminal-text.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

export interface CheckedIssuer {
  readonly findings: readonly Finding[];
  readonly hasDeviceFlow: boolean;
}

/** The identity provider: there, the one that it should be, at the same time as this machine, and of this client. */
export async function checkIssuer(
  target: Target,
  send: SendRequest,
  { now, signal }: { readonly now: () => number; readonly signal: AbortSignal },
): Promise<CheckedIssuer> {
  // Certificates are judged by this machine's clock, and so its answer may have come although the rest fails.
  let date: number | undefined;
  const watching: SendRequest = async (url, request) => {
    const answer = await send(url, request);
    date ??= answer.date;
    return answer;
  };
  try {
    const metadata = await discover(target.issuer, watching, signal);
    const keys = await fetchKeys(metadata, watching);
    return {
      hasDeviceFlow: metadata.deviceAuthorizationEndpoint !== undefined,
      findings: [
        ok('issuer', `${target.issuer} answers, with ${keys.length} keys`),
        clockFinding(clockSkew(now(), date), target),
        await checkRedirect(target, metadata, watching),
        metadata.deviceAuthorizationEndpoint === undefined
          ? warning(
              'device codes',
              'the issuer has none: without a browser, only --flow=paste is left',
              'nothing to do here',
            )
          : ok('device codes', 'the issuer has them'),
      ],
    };
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    const findings = [problem('issuer', error.message, fixOf(error.message))];
    return {
      hasDeviceFlow: false,
      findings: [...findings, ...(date === undefined ? [] : [clockFinding(clockSkew(now(), date), target)])],
    };
  }
}

function fixOf(message: string): string {
  if (message.includes('certificate-authority'))
    return 'give the file of its certificate authority with --certificate-authority';
  if (message.includes('names the issuer')) return 'use that issuer, character by character';
  return 'check the address, the network, and HTTPS_PROXY and NO_PROXY';
}

function clockFinding(skew: number, { issuer }: Target): Finding {
  if (skew === 0) return ok('clock', `this machine and ${issuer} agree to the minute`);
  const [what = '', fix = ''] = skewText(skew, issuer).split(': set it');
  return warning('clock', `${what}: logins work in spite of it, certificates may not`, `set it${fix}`);
}

/** Asks for a login that must not show anything: the answer says whether the client may be sent back to a port of ours. */
async function checkRedirect(
  { clientId }: Target,
  { authorizationEndpoint }: IssuerMetadata,
  send: SendRequest,
): Promise<Finding> {
  const redirectUri = 'http://127.0.0.1:49152/callback';
  const url = new URL(authorizationEndpoint);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid',
    state: 'doctor',
    prompt: 'none',
    // Of the empty string: no code is redeemed.
    code_challenge: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU',
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const { status, location } = await send(url);
  if (location?.startsWith(redirectUri) === true) {
    const error = new URL(location).searchParams.get('error');
    const known =
      error === null ||
      ['login_required', 'interaction_required', 'consent_required', 'account_selection_required'].includes(
        error,
      );
    return known
      ? ok('redirect', `the client ${clientId} may come back to any port of 127.0.0.1`)
      : problem(
          'redirect',
          `the issuer refuses the client ${clientId}: ${oneLine(error)}`,
          'see the log of the issuer',
        );
  }
  return problem(
    'redirect',
    `the issuer answered ${status} to the client ${clientId} with the redirect ${redirectUri}: it does not know the client, or not that redirect`,
    'register a public client with redirects to 127.0.0.1, any port (RFC 8252 §7.3), or name the right one with --client-id',
  );
}
