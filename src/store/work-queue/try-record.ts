/** What is kept of an item's attempts. */
export interface TryRecord {
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
}

export const UNTRIED: TryRecord = { attempts: 0, notBefore: 0 };

export function parseTry(value: string): TryRecord {
  const { attempts, notBefore }: TryRecord = JSON.parse(value);
  return { attempts, notBefore };
}

export function tryText({ attempts, notBefore }: TryRecord): string {
  return JSON.stringify({ attempts, notBefore });
}
