import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  type ConnectTarget,
  installCommands,
  kubeloginCommands,
  mergeCommands,
  pluginCommands,
} from '../../../src/portal/connect/setup-commands.ts';

const target: ConnectTarget = {
  name: 'sallyport-prod',
  server: 'https://kube.example/clusters/prod',
  certificateAuthority: '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n',
  issuer: 'https://id.example/dex',
  clientId: 'kubectl',
};
const all = [
  pluginCommands(target),
  kubeloginCommands(target),
  ...(['unix', 'powershell', 'cmd'] as const).map((shell) => mergeCommands(target, shell)),
];

describe('the commands to type', () => {
  it('end with the one that says who one is', () => {
    for (const text of all)
      expect(text.split('\n').slice(-2)).toEqual([
        'kubectl config use-context sallyport-prod',
        'kubectl auth whoami',
      ]);
  });

  it('hold no secret, and no flag that is out of use', () => {
    for (const text of all) expect(text).not.toMatch(/secret|token=|auth-provider|password/);
  });

  it('install the plugin from the file that is packed, by the words of each shell', () => {
    for (const shell of ['unix', 'powershell', 'cmd'] as const)
      expect(installCommands('1.2.3', shell)).toMatch(
        /^npm install --global \S*[/\\]Downloads[/\\]sallyport-1\.2\.3\.tgz"?\nkubectl sallyport version$/,
      );
  });

  it('are what a POSIX shell reads', () => {
    for (const text of [
      installCommands('1.2.3', 'unix'),
      pluginCommands(target),
      kubeloginCommands(target),
      mergeCommands(target, 'unix'),
    ])
      execFileSync('sh', ['-n'], { input: text });
  });

  it('give kubelogin the scope that outlives the browser, and the authority', () => {
    const text = kubeloginCommands(target);
    expect(text).toContain('--exec-arg=--oidc-extra-scope=offline_access');
    expect(text).toContain('--exec-arg=--oidc-issuer-url=https://id.example/dex ');
    expect(text).toContain(Buffer.from(target.certificateAuthority).toString('base64'));
  });
});
