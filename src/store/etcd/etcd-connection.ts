import { EtcdRefusal, isOutage, isSignedOut, wasNotSent } from './etcd-failure.ts';
import type { EtcdHttp } from './etcd-http.ts';
import type { Answer } from './etcd-messages.ts';

export interface EtcdConnectionDeps {
  readonly http: EtcdHttp;
  /** Origins of the members. */
  readonly endpoints: readonly [string, ...string[]];
  readonly credentials?: { readonly name: string; readonly password: string } | undefined;
}

/** One cluster, whichever of its members answers. */
export interface EtcdConnection {
  /** Asks the members in turn until one answers. */
  read<T extends Answer>(path: string, body: object): Promise<T>;
  /** Asks another member only when it is certain that nobody has taken the request. */
  write<T extends Answer>(path: string, body: object): Promise<T>;
  stream<T extends Answer>(path: string, body: object, signal: AbortSignal): AsyncIterable<T>;
  /** Changes whenever the member that is asked first has failed, also when there is no other. */
  turn(): number;
  /** What is asked from now on is asked of the next member, unless it is already. */
  avoid(turn: number): void;
  close(): Promise<void>;
}

interface Question {
  readonly path: string;
  readonly body: object;
  readonly timeoutMs: number;
}

/** Time for an election of a new leader. */
const READ_TIMEOUT_MS = 4000;
/** A little more than a member gives itself (5 s and two elections): then its answer says what is known. */
const WRITE_TIMEOUT_MS = 8000;

/** Signs in when it must, and stays with a member for as long as it answers. */
export function createEtcdConnection({ http, endpoints, credentials }: EtcdConnectionDeps): EtcdConnection {
  let turn = 0;
  let signedIn: Promise<string> | undefined;
  let cluster: string | undefined;
  const current = () => endpoints[turn % endpoints.length] ?? endpoints[0];

  function avoid(failed: number): void {
    if (failed === turn) turn += 1;
  }

  async function signIn(origin: string): Promise<string> {
    const request = {
      origin,
      path: '/v3/auth/authenticate',
      body: credentials ?? {},
      timeoutMs: READ_TIMEOUT_MS,
    };
    return (await http.ask<{ token?: string }>(request)).token ?? '';
  }

  async function token(origin: string): Promise<string | undefined> {
    if (credentials === undefined) return undefined;
    signedIn ??= signIn(origin);
    const mine = signedIn;
    return mine.catch((error: unknown) => {
      if (signedIn === mine) signedIn = undefined;
      throw error;
    });
  }

  /** A member of another cluster, or one that was made anew, knows nothing of what this process has read. */
  function requireSameCluster<T extends Answer>(answer: T): T {
    const id = answer.header?.cluster_id;
    cluster ??= id;
    if (id !== undefined && id !== cluster)
      throw new EtcdRefusal(0, `an endpoint belongs to another cluster (${id}, not ${cluster})`);
    return answer;
  }

  async function ask<T extends Answer>(origin: string, question: Question): Promise<T> {
    const first = await token(origin);
    try {
      return requireSameCluster(await http.ask<T>({ origin, ...question, token: first }));
    } catch (error) {
      if (!(error instanceof EtcdRefusal && isSignedOut(error)) || credentials === undefined) throw error;
      signedIn = undefined;
      return requireSameCluster(await http.ask<T>({ origin, ...question, token: await token(origin) }));
    }
  }

  async function askInTurn<T extends Answer>(
    question: Question,
    mayAskAgain: (failure: unknown) => boolean,
  ): Promise<T> {
    for (let asked = 1; ; asked += 1) {
      const mine = turn;
      try {
        return await ask<T>(current(), question);
      } catch (error) {
        if (isOutage(error)) avoid(mine);
        if (asked >= endpoints.length || !mayAskAgain(error)) throw error;
      }
    }
  }

  return {
    read: (path, body) => askInTurn({ path, body, timeoutMs: READ_TIMEOUT_MS }, isOutage),
    write: (path, body) => askInTurn({ path, body, timeoutMs: WRITE_TIMEOUT_MS }, wasNotSent),
    async *stream<T extends Answer>(path: string, body: object, signal: AbortSignal) {
      const origin = current();
      const request = { origin, path, body, token: await token(origin), timeoutMs: READ_TIMEOUT_MS };
      try {
        for await (const answer of http.stream<T>(request, signal)) yield requireSameCluster(answer);
      } catch (error) {
        if (error instanceof EtcdRefusal && isSignedOut(error)) signedIn = undefined;
        throw error;
      }
    },
    turn: () => turn,
    avoid,
    close: () => http.close(),
  };
}
