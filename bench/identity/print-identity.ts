import { median } from '../median.ts';
import { measurePasswordLoad } from './password-load.ts';
import { measureStartUp } from './start-up.ts';
import { kinds, measureTokenRates, type Round } from './token-rates.ts';

/** `npm run bench -- identity` runs these tables alone. */
export async function printIdentity(): Promise<void> {
  await printTokenRates();
  await printPasswordLoad();
  await printStartUp();
}

async function printTokenRates(): Promise<void> {
  const rounds = await measureTokenRates();
  console.log(
    'POST /token, RS256, 64 connections, one core, medians of 7 alternating rounds: the first door on SQLite beside ' +
      'oidc-provider in memory. Ratios are of each round, then the median; by CPU: what one core could do',
  );
  console.table(kinds.map((kind) => ({ kind, ...figures(rounds.get(kind) ?? []) })));
}

function figures(rounds: readonly Round[]) {
  const middle = (of: (round: Round) => number, digits = 2) => median(rounds.map(of)).toFixed(digits);
  return {
    'door/s': middle(({ door }) => door.perSecond, 0),
    'bare/s': middle(({ bare }) => bare.perSecond, 0),
    'rate ×': middle(({ door, bare }) => door.perSecond / bare.perSecond),
    'door CPU ms': middle(({ door }) => door.cpuMs),
    'bare CPU ms': middle(({ bare }) => bare.cpuMs),
    'per CPU ×': middle(({ door, bare }) => bare.cpuMs / door.cpuMs),
  };
}

async function printPasswordLoad(): Promise<void> {
  const { rounds, logins } = await measurePasswordLoad();
  const middle = (of: (round: (typeof rounds)[number]) => number) => median(rounds.map(of)).toFixed(1);
  console.log(
    `A refresh at a time, while nothing else is done and while 32 people sign in at once (bcrypt, cost 10; ${logins} sign-ins ` +
      'meanwhile); medians of 5 alternating rounds, the ratio of each round by itself',
  );
  console.table([
    {
      'idle p50 ms': middle(({ idle }) => idle.p50),
      'idle p99 ms': middle(({ idle }) => idle.p99),
      'busy p50 ms': middle(({ busy }) => busy.p50),
      'busy p99 ms': middle(({ busy }) => busy.p99),
      'p99 ×': middle(({ idle, busy }) => busy.p99 / idle.p99),
    },
  ]);
}

async function printStartUp(): Promise<void> {
  console.log(
    'From the start to the first answer, and resident memory after some requests; medians of 5 starts',
  );
  console.table(
    (await measureStartUp()).map(({ name, ready, rssMiB }) => ({
      name,
      'ready after ms': median(ready).toFixed(0),
      'RSS MiB': median(rssMiB).toFixed(0),
    })),
  );
}
