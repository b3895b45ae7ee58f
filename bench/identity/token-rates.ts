import { cpuSeconds } from '../cpu-seconds.ts';
import { createPerson, createTokenClient, inLoops, type Person, type TokenClient } from './token-client.ts';
import { startBareProvider, startDoor, type TokenServer } from './token-server.ts';

const ROUNDS = 7;
/** Until the machine code is made: the first requests take twice as long. */
const WARM_UP = 3;
const REQUESTS = 640;
/** Enough that the processor is what limits, not the disk's answers. */
const CONNECTIONS = 64;
const PERSONS = 16;

export const kinds = ['code exchange', 'refresh', 'client credentials'] as const;
export type Kind = (typeof kinds)[number];

export interface Figures {
  readonly perSecond: number;
  /** Milliseconds of the server's processor for one. */
  readonly cpuMs: number;
}

/** What the door and the bare provider did in one round, right after one another. */
export interface Round {
  readonly door: Figures;
  readonly bare: Figures;
}

/** Tokens of all three kinds, from the door on SQLite and from oidc-provider in memory, in alternating rounds on one core. */
export async function measureTokenRates(): Promise<ReadonlyMap<Kind, readonly Round[]>> {
  const servers = [await startDoor(), await startBareProvider()] as const;
  const [door, bare] = [createContender(servers[0]), createContender(servers[1])] as const;
  const rounds = new Map<Kind, Round[]>(kinds.map((kind) => [kind, []]));
  try {
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const figures = { door: await door.round(), bare: await bare.round() };
      if (round < 0) continue;
      for (const kind of kinds) {
        rounds.get(kind)?.push({ door: figures.door[kind], bare: figures.bare[kind] });
      }
    }
    return rounds;
  } finally {
    await Promise.all([door.close(), bare.close()]);
    for (const server of servers) await server.close();
  }
}

function createContender(server: TokenServer) {
  const client = createTokenClient(server.origin, CONNECTIONS);
  const persons = Array.from({ length: PERSONS }, (_, index) => createPerson(server.origin, index));
  return { round: () => measureRound(server, client, persons), close: () => client.close() };
}

/** The tokens of one kind are what the next one starts from. */
async function measureRound(
  server: TokenServer,
  client: TokenClient,
  persons: readonly Person[],
): Promise<Record<Kind, Figures>> {
  const codes = await authorizeAll(persons);
  const exchanged = await timed(server, codes, (code) => client.exchange(code));
  const refreshed = await timed(server, exchanged.results, (token) => client.refresh(token));
  const own = await timed(server, codes, () => client.clientCredentials());
  return {
    'code exchange': exchanged.figures,
    refresh: refreshed.figures,
    'client credentials': own.figures,
  };
}

/** Each person asks for one code after the other: a browser's session is not what is measured. */
async function authorizeAll(persons: readonly Person[]): Promise<string[]> {
  const share = Array.from({ length: Math.ceil(REQUESTS / persons.length) });
  const codes = await Promise.all(persons.map((person) => inLoops(1, share, () => person.authorize())));
  return codes.flat();
}

async function timed<T, R>(server: TokenServer, items: readonly T[], work: (item: T) => Promise<R>) {
  const pids = [server.program().pid];
  const cpuBefore = cpuSeconds(pids);
  const before = performance.now();
  const results = await inLoops(CONNECTIONS, items, work);
  const seconds = (performance.now() - before) / 1000;
  const cpuMs = ((cpuSeconds(pids) - cpuBefore) / items.length) * 1000;
  return { results, figures: { perSecond: items.length / seconds, cpuMs } };
}
