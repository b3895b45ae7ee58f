import { join } from 'node:path';
import type { CommandSpec } from '../command-spec.ts';
import { cacheDirectory, openCredentialCache } from '../credential-cache.ts';
import { exitCode, PluginError } from '../exit.ts';
import { loginFlags, targetFlags, trustFlags } from '../flag-specs.ts';
import { portFlag, textFlag } from '../flags.ts';
import type { Invocation } from '../invocation.ts';
import { editKubeconfig } from '../kubeconfig/edit-kubeconfig.ts';
import { type ContextEntry, chosenContext } from '../kubeconfig/read-context.ts';
import { readLoginOptions } from '../login/login-options.ts';
import { ensurePrivateDirectory, unlinkIfPresent, writePrivateFile } from '../private-file.ts';
import { type LocalProxy, openProxy } from '../proxy/open-proxy.ts';
import { proxyUpstream } from '../proxy/proxy-upstream.ts';
import { createTokenSource } from '../proxy/token-source.ts';
import { loginHint, resolveTarget } from '../target.ts';

export const proxyCommand: CommandSpec = {
  group: 'clusters',
  summary: 'Let tools that cannot log in use your login',
  description:
    'Listen on 127.0.0.1 and hand requests on to the API server of the context, with your token; streams too (watch, logs, exec, port-forward). For tools that know neither credential plugins nor OpenID Connect. They use the kubeconfig that is printed: it has a secret of its own, which ends with the proxy, as does the file. Ctrl-C ends it.',
  examples: [
    ['Begin, and use the file that it names in another terminal', 'proxy'],
    [
      'On a port that a tool is set up for, with the file where it looks',
      'proxy --port=8001 --write-kubeconfig=proxy.kubeconfig',
    ],
  ],
  flags: {
    ...targetFlags,
    ...trustFlags,
    ...loginFlags,
    port: { type: 'string', default: '0', help: 'Port on 127.0.0.1; 0 takes a free one' },
    'write-kubeconfig': {
      type: 'string',
      values: 'files',
      help: 'Where the kubeconfig for the tools is written. If not set, beside the credential cache',
    },
  },
  run: runProxy,
};

async function runProxy(invocation: Invocation): Promise<number> {
  const { program, flags, deps } = invocation;
  const file = textFlag(flags, 'write-kubeconfig');
  if (file !== undefined && deps.fileExists(file)) {
    // It would be gone at the end.
    throw new PluginError(exitCode.usage, `--write-kubeconfig ${file}: there is such a file already`);
  }
  const context = await chosenContext(flags, deps);
  if (context === undefined) {
    throw new PluginError(
      exitCode.usage,
      'no context is chosen: name one with --context, or run: kubectl sallyport login URL-OF-YOUR-PORTAL',
    );
  }
  const target = await resolveTarget(flags, deps);
  const cache = openCredentialCache(deps, target);
  const login = readLoginOptions(flags, deps, false);
  const isThere = await deps.stdinIsTerminal();
  const options = { timeoutMs: login.timeoutMs, ...(isThere ? { login } : {}) };
  const tokens = createTokenSource(options, {
    ...deps,
    cache,
    target,
    loginCommand: loginHint(program, target),
  });
  // Before anything waits for it: who is not logged in hears so now.
  await tokens.token();
  const proxy = await openProxy({
    upstream: await proxyUpstream(context),
    tokens,
    port: portFlag(flags, 'port'),
    now: deps.now,
  });
  try {
    await serveUntilInterrupted(proxy, context, invocation);
  } finally {
    await proxy.close();
  }
  return exitCode.ok;
}

async function serveUntilInterrupted(
  proxy: LocalProxy,
  context: ContextEntry,
  { flags, deps }: Invocation,
): Promise<void> {
  const directory = cacheDirectory(deps);
  ensurePrivateDirectory(directory);
  const file =
    textFlag(flags, 'write-kubeconfig') ?? join(directory, `proxy-${new URL(proxy.url).port}.kubeconfig`);
  writePrivateFile(file, proxyKubeconfig(proxy, context));
  try {
    deps.stdout(
      `Starting to serve ${context.name} on ${proxy.url}\nFor the tools: export KUBECONFIG=${file}\n`,
    );
    await new Promise<void>((resolve) => {
      if (deps.signal.aborted) resolve();
      deps.signal.addEventListener('abort', () => resolve());
    });
  } finally {
    unlinkIfPresent(file);
  }
}

function proxyKubeconfig(
  { url, certificateAuthority, secret }: LocalProxy,
  { name, namespace }: ContextEntry,
): string {
  const proxied = `${name}-proxy`;
  const authority = Buffer.from(certificateAuthority).toString('base64');
  return editKubeconfig('', {
    entries: [
      { list: 'clusters', name: proxied, members: { server: url, 'certificate-authority-data': authority } },
      { list: 'users', name: proxied, members: { token: secret } },
      { list: 'contexts', name: proxied, members: { cluster: proxied, user: proxied, namespace } },
    ],
    currentContext: proxied,
  });
}
