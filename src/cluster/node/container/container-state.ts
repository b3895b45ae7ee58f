/** Where a container is in its life. Times are milliseconds since the epoch. */
export type ContainerState =
  | { readonly type: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly type: 'running'; readonly startedAt: number }
  | {
      readonly type: 'terminated';
      readonly startedAt: number;
      readonly finishedAt: number;
      readonly exitCode: number;
      readonly reason: string;
    };

export type TerminatedState = ContainerState & { readonly type: 'terminated' };
