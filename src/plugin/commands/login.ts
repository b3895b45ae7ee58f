import type { CommandSpec } from '../command-spec.ts';
import { exitCode } from '../exit.ts';
import { loginFlags, targetFlags, trustFlags } from '../flag-specs.ts';
import type { Invocation } from '../invocation.ts';
import { contextFlags } from '../kubeconfig/exec-input.ts';
import { namesCluster } from '../kubeconfig/use-portal.ts';
import { logInTo } from '../login/log-in-to.ts';
import { resolveTarget } from '../target.ts';
import { runPortalLogin } from './portal-login.ts';

export const loginCommand: CommandSpec = {
  group: 'login',
  summary: 'Log in',
  description:
    'Log in and keep the credentials for kubectl. With the URL of a portal, everything comes from there: identity provider and clusters, which get contexts in the kubeconfig; what is in it already stays. Without URL, the identity provider and the client come from the current context.',
  examples: [
    ['Begin with nothing but the address of the portal', 'login https://sso.example.com'],
    ['The same, and begin with another of its clusters', 'login https://sso.example.com --cluster=prod'],
    ['Log in to the identity provider of the current context', 'login'],
    ['Log in where there is no browser', 'login --flow=device-code'],
    ['Log in without a kubeconfig', 'login --issuer=https://sso.example.com'],
    [
      'Log in by any OpenID Connect issuer to a cluster that takes its tokens',
      'login --issuer=https://sso.example.com --client-id=k8s --server=https://kube.example.com',
    ],
  ],
  flags: {
    ...targetFlags,
    ...trustFlags,
    ...loginFlags,
    ...contextFlags,
  },
  operands: { usage: '[URL]', most: 1 },
  run: runLogin,
};

/** Logs in, then says who the user is and what to type next. */
async function runLogin(invocation: Invocation): Promise<number> {
  const [url] = invocation.operands;
  if (url !== undefined || namesCluster(invocation.flags)) return runPortalLogin(url, invocation);
  const target = await resolveTarget(invocation.flags, invocation.deps);
  await logInTo(target, invocation);
  invocation.deps.stdout('\nNext: kubectl auth whoami\n');
  return exitCode.ok;
}
