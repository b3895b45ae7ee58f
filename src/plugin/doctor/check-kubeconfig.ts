import { statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { PluginError } from '../exit.ts';
import type { Flags } from '../flags.ts';
import type { PluginDeps } from '../invocation.ts';
import { fields, isName, kubeconfigPaths } from '../kubeconfig/kubeconfig-files.ts';
import { type ContextEntry, chosenContext } from '../kubeconfig/read-context.ts';
import { oneLine } from '../terminal-text.ts';
import { findProgram } from './find-program.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

export interface CheckedKubeconfig {
  readonly findings: readonly Finding[];
  /** The context that the flags mean, when there is one. */
  readonly context: ContextEntry | undefined;
}

const repair = 'run: kubectl sallyport login URL-OF-YOUR-PORTAL';

/** The files, the context, and what its user runs. */
export async function checkKubeconfig(flags: Flags, deps: PluginDeps): Promise<CheckedKubeconfig> {
  try {
    const context = await chosenContext(flags, deps);
    if (context === undefined) {
      const nothing = warning('kubeconfig', 'no context is chosen', repair);
      return { context, findings: [nothing, ...checkModes(flags, deps)] };
    }
    const found = ok(
      'kubeconfig',
      `context ${context.name}: cluster ${context.cluster}, user ${context.user}`,
    );
    return { context, findings: [found, ...checkModes(flags, deps), ...checkExec(context, flags, deps)] };
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    return {
      context: undefined,
      findings: [
        problem(
          'kubeconfig',
          error.message,
          'mend the file, or choose another with --kubeconfig or --context',
        ),
      ],
    };
  }
}

function checkModes(flags: Flags, deps: PluginDeps): readonly Finding[] {
  return kubeconfigPaths(flags, deps).paths.flatMap((path) => {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode;
    if (mode === undefined || deps.platform === 'win32' || (mode & 0o022) === 0) return [];
    return [
      problem(
        'kubeconfig',
        `others can write ${path}, and so choose which programs kubectl runs as you`,
        `run: chmod go-w ${path}`,
      ),
    ];
  });
}

/** client-go's demands on an exec entry, and what programs with windows need. */
function checkExec({ user, userFields }: ContextEntry, flags: Flags, deps: PluginDeps): readonly Finding[] {
  const exec = fields(userFields['exec']);
  if (exec === undefined) {
    const what = userFields['auth-provider'] === undefined ? 'no credential plugin' : 'auth-provider: oidc';
    const fix =
      userFields['auth-provider'] === undefined ? repair : 'run: kubectl sallyport kubeconfig convert';
    return [warning('exec', `the user ${user} has ${what}`, fix)];
  }
  const findings: Finding[] = [];
  const { apiVersion, interactiveMode, command } = exec;
  if (apiVersion !== 'client.authentication.k8s.io/v1') {
    findings.push(
      warning(
        'exec',
        `the user ${user} asks for apiVersion ${oneLine(String(apiVersion))}`,
        'set exec.apiVersion to client.authentication.k8s.io/v1 and exec.interactiveMode to IfAvailable',
      ),
    );
  } else if (interactiveMode === undefined) {
    findings.push(
      problem(
        'exec',
        `the user ${user} has no interactiveMode: kubectl refuses that`,
        'set exec.interactiveMode to IfAvailable',
      ),
    );
  }
  return [...findings, checkCommand(isName(command) ? command : '', user, flags, deps)];
}

function checkCommand(command: string, user: string, flags: Flags, deps: PluginDeps): Finding {
  const [kubeconfig] = kubeconfigPaths(flags, deps).paths;
  // client-go: a relative path with a slash counts from the kubeconfig.
  const path =
    command.includes('/') && !isAbsolute(command) ? resolve(dirname(kubeconfig), command) : command;
  const found = findProgram(path, deps);
  if (found === undefined) {
    return problem('exec', `the user ${user} runs "${oneLine(command)}", which is not there`, repair);
  }
  return isAbsolute(path)
    ? ok('exec', `the user ${user} runs ${found}`)
    : warning(
        'exec',
        `the user ${user} runs "${oneLine(command)}" by the PATH: programs with windows often have another one`,
        `set exec.command to ${found}`,
      );
}
