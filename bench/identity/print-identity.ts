import { median } from '../median.ts';
import { kinds, measureTokenRates, type Round } from './token-rates.ts';

/** `npm run bench -- identity` runs these tables alone. */
export async function printIdentity(): Promise<void> {
  await printTokenRates();
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
