import { residentKiB } from '../gateway/memory.ts';
import { seedSessions } from './seed-sessions.ts';
import { createPerson, createTokenClient, inLoops } from './token-client.ts';
import { startBareProvider, startDoor, type TokenServer } from './token-server.ts';

const SESSIONS = 100_000;
const STARTS = 5;

export interface StartUp {
  readonly name: string;
  /** Milliseconds, of each start. */
  readonly ready: readonly number[];
  /** After a sign-in and some refreshes, of each start. */
  readonly rssMiB: readonly number[];
}

/** How long a start takes and what it needs, with that many people's sessions in SQLite, beside oidc-provider with nobody's. */
export async function measureStartUp(): Promise<StartUp[]> {
  const servers = [
    { name: `the first door, ${SESSIONS} sessions`, server: await startDoor() },
    { name: 'oidc-provider in memory, no sessions', server: await startBareProvider() },
  ];
  try {
    const [door] = servers;
    if (door !== undefined) {
      await use(door.server);
      await door.server.program().stop('SIGTERM');
      await seedSessions(door.server.directory, SESSIONS);
    }
    const rows = servers.map((one) => ({ ...one, ready: [] as number[], rssMiB: [] as number[] }));
    for (let start = 0; start < STARTS; start++) {
      for (const { server, ready, rssMiB } of rows) {
        const { pid, startMs } = await server.restart();
        ready.push(startMs);
        await use(server);
        rssMiB.push(residentKiB(pid) / 1024);
      }
    }
    return rows.map(({ name, ready, rssMiB }) => ({ name, ready, rssMiB }));
  } finally {
    for (const { server } of servers) await server.close();
  }
}

async function use({ origin }: TokenServer): Promise<void> {
  const client = createTokenClient(origin, 4);
  const codes = await inLoops(1, Array.from({ length: 20 }), () => createPerson(origin, 1).authorize());
  const tokens = await inLoops(4, codes, (code) => client.exchange(code));
  await inLoops(4, tokens, (token) => client.refresh(token));
  await client.close();
}
