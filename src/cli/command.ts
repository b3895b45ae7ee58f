import type { ParseArgsOptionsConfig } from 'node:util';
import type { Config } from '../config/index.ts';
import type { UserInfo } from '../kube/index.ts';
import type { Log } from '../telemetry/index.ts';

export { exitCode } from '../exit-code.ts';

/** What a command may touch of the process; handed in so that commands can be tested and main.ts stays the only owner. */
export interface CommandHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: StandardInput;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Calls back at the first SIGTERM or SIGINT. */
  onStopSignal(stop: (signal: string) => void): void;
  startServer(options: StartOptions): Promise<RunningServer>;
  startCluster(options: ClusterOptions): Promise<RunningCluster>;
}

/** Text in UTF-8; a person types it where it is a terminal. */
export interface StandardInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
}

export interface StartOptions {
  readonly config: Config;
  readonly dataDir: string;
  readonly log: Log;
  /** Reads the configuration file anew. Without it, a changed file waits for a restart. @throws ConfigError */
  readonly reloadConfig?: () => Promise<Config>;
}

/** The product, up and answering. */
export interface RunningServer {
  readonly issuerUrl: string;
  /** Absent when the configuration has no gateway. */
  readonly gatewayUrl: string | undefined;
  readonly startupMs: number;
  /** Accounts whose password everybody knows; not empty only on loopback addresses. */
  readonly demoAccounts: readonly {
    readonly email: string;
    readonly preferredUsername?: string;
    readonly groups: readonly string[];
  }[];
  /** Takes no new requests, lets running ones end, closes the storage. */
  close(): Promise<void>;
}

/** The embedded API alone. */
export interface ClusterOptions {
  /** Port 0: any free one. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly store: StoreChoice;
  readonly certificate: ClusterCertificate;
  /** Who is known from the start, by a bearer token each. */
  readonly tokens: readonly { readonly token: string; readonly user: UserInfo }[];
  /** PEM of the authorities whose client certificates count; undefined: none do. */
  readonly clientCA?: string | undefined;
  /** undefined: nothing is audited. */
  readonly audit?: ClusterAudit | undefined;
  /** Whether objects have consequences: pods of deployments, a node that runs them. */
  readonly controllers: boolean;
  /** Whether closing cuts what is under way, instead of waiting for it. */
  readonly cutsConnections: boolean;
  readonly log: ClusterProcessLog;
}

/** An audit.k8s.io/v1 Policy, its name for errors, and the file that events go to; `-` is the standard output. */
export interface ClusterAudit {
  readonly policy: string;
  readonly policyFile: string;
  readonly path: string;
}

export type StoreChoice =
  | { readonly type: 'memory' }
  /** `file`: path of the database, made when absent. */
  | { readonly type: 'sqlite'; readonly file: string }
  /** Origins of an etcd's members. */
  | { readonly type: 'etcd'; readonly endpoints: readonly [string, ...string[]] };

export type ClusterCertificate =
  /** PEM; what signs it must be trusted already. */
  | { readonly type: 'given'; readonly certificate: string; readonly privateKey: string }
  /** Signed by an authority of the cluster's own, which is kept in `directory`, else for as long as the process lives. */
  | { readonly type: 'own'; readonly names: readonly string[]; readonly directory?: string | undefined };

export type ClusterProcessLog = Readonly<
  Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>
>;

/** The embedded API alone, up and answering. */
export interface RunningCluster {
  readonly url: string;
  /** PEM that clients must trust. */
  readonly certificateAuthority: string;
  /** Makes a bearer token that stands for the user until the cluster stops. */
  admit(user: UserInfo): string;
  close(): Promise<void>;
}

/** The flags as given, and what is left of the command line when they are taken away. */
export type CommandValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** One entry of the command table: its help is generated from what it declares. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** More than the summary says, in whole sentences. */
  readonly description?: string;
  readonly examples: readonly { readonly comment: string; readonly line: string }[];
  readonly options: Readonly<Record<string, CommandOption>>;
  /** How many words may stand beside the flags; none when left out. `first`: what the first of them may be. */
  readonly words?: { readonly least: number; readonly most: number; readonly first?: readonly string[] };
  /** @returns the exit code; see exitCode */
  run(values: CommandValues, host: CommandHost, words: readonly string[]): Promise<number>;
}

export type CommandOption = ParseArgsOptionsConfig[string] & {
  readonly description: string;
  /** How the value is called in help, for example FILE. */
  readonly value?: string;
  /** Everything that the value may be. */
  readonly values?: readonly string[];
};

/** The command line itself is wrong: exit code 2 and a pointer to the help. */
export class UsageError extends Error {
  readonly code = 'SP_USAGE';
}

/** It could not be done for a reason that the message gives, with a way out: exit code 1, no stack. */
export class CommandError extends Error {
  readonly code: string = 'SP_COMMAND';
}
