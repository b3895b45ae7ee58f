import { tooManyRequests } from '../../kube/index.ts';

/** Open exec, attach, port-forward and log sessions. */
export interface Sessions {
  /** Throws StatusError 429 when the user, or all together, have too many. */
  open(username: string): { close(): void };
}

const defaults = { perUser: 100, total: 1000 };

export function createSessions(limits: Partial<typeof defaults> = {}): Sessions {
  const { perUser, total } = { ...defaults, ...limits };
  const byUser = new Map<string, number>();
  let all = 0;

  return {
    open(username) {
      const own = byUser.get(username) ?? 0;
      if (all >= total || own >= perUser) throw tooManyRequests(1);
      all += 1;
      byUser.set(username, own + 1);
      return {
        close() {
          all -= 1;
          const left = (byUser.get(username) ?? 1) - 1;
          if (left === 0) byUser.delete(username);
          else byUser.set(username, left);
        },
      };
    },
  };
}
