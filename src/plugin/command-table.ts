import type { CommandSpec } from './command-spec.ts';

/**
 * Every command of the plugin, loaded when it is needed: kubectl runs one of them at each of its calls, and waits for it.
 * The order is that of the overview.
 */
export const commandTable: Readonly<Record<string, () => Promise<CommandSpec>>> = {
  login: async () => (await import('./commands/login.ts')).loginCommand,
  logout: async () => (await import('./commands/logout.ts')).logoutCommand,
  whoami: async () => (await import('./commands/whoami.ts')).whoamiCommand,
  sessions: async () => (await import('./commands/sessions.ts')).sessionsCommand,
  clusters: async () => (await import('./commands/clusters.ts')).clustersCommand,
  kubeconfig: async () => (await import('./commands/kubeconfig.ts')).kubeconfigCommand,
  proxy: async () => (await import('./commands/proxy.ts')).proxyCommand,
  why: async () => (await import('./commands/questions.ts')).whyCommand,
  'can-i': async () => (await import('./commands/questions.ts')).canICommand,
  'who-can': async () => (await import('./commands/questions.ts')).whoCanCommand,
  request: async () => (await import('./commands/requests.ts')).requestCommand,
  requests: async () => (await import('./commands/requests.ts')).requestsCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  completion: async () => (await import('./commands/completion.ts')).completionCommand,
  version: async () => (await import('./commands/version.ts')).versionCommand,
};

/** What users of other plugins type. */
export const commandAliases: Readonly<Record<string, string>> = { 'get-token': 'token' };

/** All of them, for help, reference and completion. */
export async function loadCommands(): Promise<ReadonlyMap<string, CommandSpec>> {
  const entries = Object.entries(commandTable).map(async ([name, load]) => [name, await load()] as const);
  return new Map(await Promise.all(entries));
}
