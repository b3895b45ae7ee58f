const BCRYPT = /^\$2[abxy]\$(\d\d)\$[./0-9A-Za-z]{53}$/;

/** Dex's bounds: below, a hash is too cheap to guess against; above, one sign-in takes seconds. */
const MIN_COST = 10;
const MAX_COST = 16;

export const BCRYPT_EXPECTED = `expected a bcrypt hash of cost ${MIN_COST} to ${MAX_COST}, such as htpasswd -nbBC 10 "" PASSWORD makes`;

/**
 * The bcrypt hash that a text is, or holds in base64 (old Dex files have it so).
 * @returns undefined when it is none that sign-ins can be checked against
 */
export function readHash(text: string): string | undefined {
  return [text, Buffer.from(text, 'base64').toString('latin1')].find((hash) => {
    const cost = Number(BCRYPT.exec(hash)?.[1]);
    return cost >= MIN_COST && cost <= MAX_COST;
  });
}
