/**
 * The command line: a table of commands, one file each. Owns flags, help and exit codes; the work is done elsewhere.
 */
export type {
  ClusterCertificate,
  ClusterOptions,
  CommandHost,
  RunningCluster,
  RunningServer,
  StartOptions,
  StoreChoice,
} from './command.ts';
export { runCommand } from './run-command.ts';
