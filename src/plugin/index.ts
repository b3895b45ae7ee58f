/**
 * The kubectl plugin: logging in with the browser, renewing and keeping credentials on the user's machine, the exec
 * credential contract, and the kubeconfig that uses it. Imports nothing of the server: it also runs far away from it,
 * and against any OpenID Connect issuer. Does not decide anything; who the user is to the cluster, the gateway says.
 *
 * main.ts is its process. The token command must start fast, so main.ts does not come through this file.
 */
export type { OpenBrowser } from './browser.ts';
export { type CompletionTable, runComplete } from './completion/complete.ts';
export { completionScript, shells } from './completion/scripts.ts';
export { exitCode } from './exit.ts';
export type { PluginDeps } from './invocation.ts';
export { ownProgram } from './kubeconfig/own-program.ts';
export { type KubeconfigInput, renderKubeconfig } from './kubeconfig/render-kubeconfig.ts';
export { runPlugin } from './run-plugin.ts';
