/**
 * The command line: a table of commands, one file each. Owns flags, help and exit codes; the work is done elsewhere.
 */
export type {
  ClusterAudit,
  ClusterCertificate,
  ClusterOptions,
  ClusterProcessLog,
  CommandHost,
  RunningCluster,
  RunningServer,
  StartOptions,
  StoreChoice,
} from './command.ts';
export { runCommand } from './run-command.ts';
