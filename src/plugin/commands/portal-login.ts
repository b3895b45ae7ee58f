import { exitCode } from '../exit.ts';
import { switchFlag, textFlag } from '../flags.ts';
import type { Invocation } from '../invocation.ts';
import { changeKubeconfig } from '../kubeconfig/change-kubeconfig.ts';
import { editFor, usePortal } from '../kubeconfig/use-portal.ts';
import { logInTo } from '../login/log-in-to.ts';

/** `login URL`, or with --issuer and --server: issuer and clusters from there, a login, contexts in the kubeconfig, and kubectl's word on who that is. */
export async function runPortalLogin(url: string | undefined, invocation: Invocation): Promise<number> {
  const { flags, deps } = invocation;
  const used = await usePortal(url, flags, deps);
  await logInTo(used.target, invocation);
  const { chosen, before } = used;
  const stays = switchFlag(flags, 'keep-context') && before !== undefined;
  const edit = await editFor(used, stays ? undefined : chosen.name, flags, deps);
  const files = await changeKubeconfig(edit, flags, deps, { write: true });
  const written = files.flatMap(({ entries }) => entries).filter(({ name }) => name.startsWith('context/'));
  for (const { name, status } of written) deps.stdout(`${name} ${status}\n`);
  if (!stays) {
    const back =
      before === undefined || before === chosen.name ? '' : `; back: kubectl config use-context ${before}`;
    deps.stdout(`The current context is ${chosen.name}${back}\n`);
  }
  return askKubectl(chosen.name, invocation);
}

async function askKubectl(context: string, { flags, deps }: Invocation): Promise<number> {
  const file = textFlag(flags, 'kubeconfig');
  const where = ['--context', context, ...(file === undefined ? [] : ['--kubeconfig', file])];
  deps.stdout('\n');
  const code = await deps.runProgram('kubectl', [...where, 'auth', 'whoami']);
  if (code === 0) return exitCode.ok;
  deps.stderr(
    code === undefined
      ? 'kubectl is not on the PATH: install it, then run: kubectl auth whoami\n'
      : `The login is there, but the cluster did not answer: kubectl ${[...where, 'auth', 'whoami'].join(' ')}\n`,
  );
  return code === undefined ? exitCode.ok : exitCode.failure;
}
