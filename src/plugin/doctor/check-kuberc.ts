import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { errorCode } from '../exit.ts';
import type { PluginDeps } from '../invocation.ts';
import { fields, isName } from '../kubeconfig/kubeconfig-files.ts';
import type { ContextEntry } from '../kubeconfig/read-context.ts';
import { findProgram } from './find-program.ts';
import { type Finding, ok, problem } from './finding.ts';

/**
 * Whether kubectl's own preferences let it run the plugin (kubectl 1.35, kubectl.config.k8s.io/v1beta1:
 * `credentialPluginPolicy` and `credentialPluginAllowlist`).
 */
export function checkKuberc(context: ContextEntry | undefined, deps: PluginDeps): Finding {
  const { env, homeDir } = deps;
  if (env['KUBERC'] === 'off') return ok('kuberc', 'KUBERC is off');
  const path = env['KUBERC'] || join(homeDir, '.kube', 'kuberc');
  const command = fields(context?.userFields['exec'])?.['command'];
  const name = isName(command) ? command : 'kubectl-sallyport';
  const allow = `run: kubectl kuberc set --section credentialplugin --policy Allowlist --allowlist-entry command=${name}`;
  let content: Readonly<Record<string, unknown>>;
  try {
    content = fields(parse(readFileSync(path, 'utf8'))) ?? {};
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ok('kuberc', `${path} is not there: every plugin may run`);
    return problem('kuberc', `${path} cannot be read`, `mend it, or set KUBERC=off`);
  }
  switch (content['credentialPluginPolicy']) {
    case 'DenyAll':
      return problem('kuberc', `${path} lets kubectl run no credential plugin (DenyAll)`, allow);
    case 'Allowlist':
      return allows(content['credentialPluginAllowlist'], name, deps)
        ? ok('kuberc', `${path} allows ${name}`)
        : problem('kuberc', `the list of ${path} does not have ${name}`, allow);
    default:
      return ok('kuberc', `${path} lets every plugin run`);
  }
}

/** kubectl compares the paths that it would start. */
function allows(list: unknown, command: string, deps: PluginDeps): boolean {
  const wanted = findProgram(command, deps) ?? command;
  const entries = Array.isArray(list) ? list.map((entry) => fields(entry)) : [];
  const names = entries.map((entry) => entry?.['command'] ?? entry?.['name']).filter(isName);
  return names.some((name) => name === command || (findProgram(name, deps) ?? basename(name)) === wanted);
}
