import { describe, expect, it } from 'vitest';
import { chooseFlow, flowFlag } from '../../../src/plugin/login/choose-flow.ts';

interface Place {
  readonly env?: Record<string, string>;
  readonly browser?: boolean;
  readonly file?: string;
  readonly device?: boolean;
}

const choose = ({ env = {}, browser = false, file, device = true }: Place) =>
  chooseFlow(undefined, {
    env,
    hasBrowser: browser,
    fileExists: (path) => path === file,
    hasDeviceFlow: device,
  });

describe('the flow that fits', () => {
  it.each<[string, Place, string, string]>([
    ['a desktop', { browser: true }, 'browser', 'this machine can open one'],
    ['SSH', { env: { SSH_CONNECTION: 'x' } }, 'device-code', 'you came here by SSH'],
    ['SSH with a display', { env: { SSH_TTY: 'x' }, browser: true }, 'device-code', 'you came here by SSH'],
    [
      'SSH with a BROWSER',
      { env: { SSH_TTY: 'x', BROWSER: 'lynx' }, browser: true },
      'browser',
      'can open one',
    ],
    ['SSH to an issuer without codes', { env: { SSH_CLIENT: 'x' }, device: false }, 'paste', 'by SSH'],
    ['a container', { file: '/.dockerenv' }, 'device-code', 'this is a container'],
    ['a pod', { env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } }, 'device-code', 'this is a pod'],
    ['a container with a display', { file: '/.dockerenv', browser: true }, 'browser', 'can open one'],
    ['a text console', {}, 'device-code', 'there is no display here'],
    ['a text console, no codes', { device: false }, 'paste', 'there is no display here'],
  ])('on %s', (_name, place, flow, why) => {
    expect(choose(place)).toEqual({ flow, why: expect.stringContaining(why) });
  });

  it('is none in a CI job, unless one is asked for', () => {
    const env = { CI: 'true', BROWSER: 'x' };
    expect(() => choose({ env, browser: true })).toThrow(/CI is set, and nobody can sign in here/);
    const place = { env, hasBrowser: true, fileExists: () => false, hasDeviceFlow: true };
    expect(chooseFlow('device-code', place).flow).toBe('device-code');
  });

  it('is what was asked for, where the issuer has it', () => {
    const place = { env: { SSH_TTY: 'x' }, hasBrowser: false, fileExists: () => false, hasDeviceFlow: false };
    expect(chooseFlow('browser', place)).toEqual({ flow: 'browser', why: 'it was asked for' });
    expect(() => chooseFlow('device-code', place)).toThrow('the issuer has no device codes');
  });

  it.each(['password', 'implicit', 'auto,browser'])('is never %s', (flow) => {
    expect(() => flowFlag({ flow })).toThrow(
      `--flow takes one of auto, browser, paste, device-code, client-credentials, not "${flow}"`,
    );
  });
});
