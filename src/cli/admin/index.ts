/**
 * The commands that manage users, groups and their like, through the gateway that the kubeconfig leads to. Owns what is typed
 * and printed. Does not own what is allowed or valid: the admin API says that.
 */
export { clientsCommand } from './clients-command.ts';
export { groupsCommand } from './groups-command.ts';
export { keysCommand } from './keys-command.ts';
export { requestsCommand } from './requests-command.ts';
export { sessionsCommand } from './sessions-command.ts';
export { usersCommand } from './users-command.ts';
