import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { systemBrowser } from '../browser.ts';
import { errorCode, PluginError } from '../exit.ts';
import { type Flags, portFlag, textFlag } from '../flags.ts';
import type { PluginDeps } from '../invocation.ts';
import { chooseFlow, flowFlag } from '../login/choose-flow.ts';
import { findProgram } from './find-program.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** client.authentication.k8s.io/v1 is there since then. */
const oldestMinor = 22;

/** Programs, the port for the browser, and how a login would go from here. */
export async function checkMachine(
  flags: Flags,
  deps: PluginDeps,
  hasDeviceFlow: boolean,
): Promise<readonly Finding[]> {
  return [
    await checkKubectl(deps),
    checkPath(deps),
    await checkPort(flags),
    checkFlow(flags, deps, hasDeviceFlow),
  ];
}

async function checkKubectl(deps: PluginDeps): Promise<Finding> {
  const path = findProgram('kubectl', deps);
  if (path === undefined) {
    return problem(
      'kubectl',
      'kubectl is not on the PATH',
      'install it: https://kubernetes.io/docs/tasks/tools/',
    );
  }
  const version = await kubectlVersion(path, deps);
  if (version === undefined)
    return warning('kubectl', `${path} does not tell its version`, `run: ${path} version --client`);
  const { gitVersion, minor } = version;
  return minor < oldestMinor
    ? problem(
        'kubectl',
        `${path} is ${gitVersion}: it does not know v1 of the plugin API`,
        'install kubectl 1.22 or newer',
      )
    : ok('kubectl', `${path}, ${gitVersion}`);
}

function kubectlVersion(
  path: string,
  { env }: PluginDeps,
): Promise<{ readonly gitVersion: string; readonly minor: number } | undefined> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: 5_000 };
    execFile(path, ['version', '--client', '-o', 'json'], options, (_error, stdout) => {
      try {
        const { clientVersion } = JSON.parse(stdout) as {
          clientVersion: { gitVersion: string; minor: string };
        };
        resolve({
          gitVersion: String(clientVersion.gitVersion),
          minor: Number.parseInt(clientVersion.minor, 10),
        });
      } catch {
        resolve(undefined);
      }
    });
  });
}

function checkPath(deps: PluginDeps): Finding {
  const path = findProgram('kubectl-sallyport', deps);
  return path === undefined
    ? warning(
        'PATH',
        'kubectl-sallyport is not on the PATH: "kubectl sallyport" is not found, and kubeconfigs need its whole path',
        'put the folder bin of the package on the PATH, or a link to bin/kubectl-sallyport into one that is there',
      )
    : ok('PATH', `kubectl-sallyport is ${path}`);
}

function checkPort(flags: Flags): Promise<Finding> {
  const port = portFlag(flags, 'listen-port');
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) =>
      resolve(
        problem(
          'port',
          `127.0.0.1:${port} cannot be listened on (${errorCode(error)}): no browser can bring the answer of a login`,
          port === 0 ? 'use --flow=device-code' : 'free the port, or leave --listen-port out',
        ),
      ),
    );
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() =>
        resolve(
          ok('port', port === 0 ? 'a browser can reach a port of 127.0.0.1' : `127.0.0.1:${port} is free`),
        ),
      );
    });
  });
}

function checkFlow(flags: Flags, deps: PluginDeps, hasDeviceFlow: boolean): Finding {
  const openBrowser = deps.openBrowser ?? systemBrowser(deps, textFlag(flags, 'browser-command'));
  try {
    const { flow, why } = chooseFlow(flowFlag(flags), {
      env: deps.env,
      hasBrowser: openBrowser !== undefined,
      fileExists: deps.fileExists,
      hasDeviceFlow,
    });
    return ok('flow', `a login from here is by ${flow}, because ${why}`);
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    return warning('flow', error.message, 'choose a --flow');
  }
}
