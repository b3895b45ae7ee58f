import type { CommandSpec } from '../command-spec.ts';
import { exitCode, PluginError } from '../exit.ts';
import { targetFlags, trustFlags } from '../flag-specs.ts';
import { switchFlag, textFlag } from '../flags.ts';
import type { Invocation } from '../invocation.ts';
import { type ChangedFile, changeKubeconfig } from '../kubeconfig/change-kubeconfig.ts';
import { convertUsers } from '../kubeconfig/convert-users.ts';
import { editKubeconfig, type KubeconfigEdit } from '../kubeconfig/edit-kubeconfig.ts';
import { contextFlags, execInputFor } from '../kubeconfig/exec-input.ts';
import { readContexts } from '../kubeconfig/read-context.ts';
import { editFor, namesCluster, usePortal } from '../kubeconfig/use-portal.ts';
import { resolveTarget, targetOf } from '../target.ts';

export const kubeconfigCommand: CommandSpec = {
  group: 'clusters',
  summary: "Put the portal's clusters into the kubeconfig, or convert one",
  description:
    'Put a context for each cluster of the portal into the kubeconfig; without URL, of the current context\'s. What is there already stays: other entries, fields that are not ours, comments. No secret is written. "convert" instead replaces what kubelogin, auth-provider: oidc and portals such as gangway left in users, and drops their secrets and tokens.',
  examples: [
    ["Add the portal's clusters", 'kubeconfig https://sso.example.com'],
    ['Say what would be done', 'kubeconfig https://sso.example.com --dry-run'],
    [
      'A file for everybody who has the plugin',
      'kubeconfig https://sso.example.com --print --command=kubectl-sallyport',
    ],
    ['Come from kubelogin or gangway', 'kubeconfig convert'],
  ],
  flags: {
    ...targetFlags,
    ...trustFlags,
    ...contextFlags,
    print: { type: 'boolean', default: 'false', help: 'Print to standard output instead of writing' },
    'dry-run': { type: 'boolean', default: 'false', help: 'Say what would be written, and do not' },
  },
  operands: { usage: '[URL | convert]', most: 1, values: ['convert'] },
  run: async (invocation) =>
    invocation.operands[0] === 'convert' ? runConvert(invocation) : runKubeconfig(invocation),
};

async function runKubeconfig(invocation: Invocation): Promise<number> {
  const { flags, deps } = invocation;
  const url =
    invocation.operands[0] ?? (namesCluster(flags) ? undefined : (await resolveTarget(flags, deps)).issuer);
  const used = await usePortal(url, flags, deps);
  const keeps = switchFlag(flags, 'keep-context') && used.before !== undefined;
  if (switchFlag(flags, 'print')) {
    deps.stdout(editKubeconfig('', await editFor(used, used.chosen.name, flags, deps)));
    return exitCode.ok;
  }
  return write(await editFor(used, keeps ? undefined : used.chosen.name, flags, deps), invocation);
}

async function runConvert(invocation: Invocation): Promise<number> {
  const { flags, deps } = invocation;
  const { all } = await readContexts(flags, deps);
  const only = textFlag(flags, 'context');
  const contexts = all.filter(({ name }) => only === undefined || name === only);
  const { command } = await execInputFor(targetOf({ issuer: 'https://none.invalid' }), flags, deps);
  const users = convertUsers(contexts, command);
  if (users.length === 0) {
    throw new PluginError(
      exitCode.notFound,
      'no user of the kubeconfig logs in by kubelogin or by auth-provider: oidc: there is nothing to convert',
    );
  }
  for (const { user, from, issuer, clientId, hadSecrets } of users) {
    targetOf({ issuer });
    const dropped = hadSecrets ? '; its secret and tokens are left out: the client must be public' : '';
    deps.stderr(`user "${user}": ${from}, ${issuer}, client ${clientId || '<none>'}${dropped}\n`);
  }
  const edit = { entries: users.map((user) => user.edit) };
  if (!switchFlag(flags, 'print')) return write(edit, invocation);
  const files = await changeKubeconfig(edit, flags, deps, { write: false });
  deps.stdout(files.map(({ text }) => text).join('---\n'));
  return exitCode.ok;
}

async function write(edit: KubeconfigEdit, { flags, deps }: Invocation): Promise<number> {
  const dryRun = switchFlag(flags, 'dry-run');
  const files = await changeKubeconfig(edit, flags, deps, { write: !dryRun });
  const suffix = dryRun ? ' (dry run)' : '';
  for (const { name, status } of files.flatMap((file: ChangedFile) => file.entries)) {
    deps.stdout(`${name} ${status}${suffix}\n`);
  }
  if (edit.currentContext !== undefined)
    deps.stdout(`The current context is ${edit.currentContext}${suffix}\n`);
  return exitCode.ok;
}
