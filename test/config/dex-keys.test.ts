import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ConfigError, parseConfig } from '../../src/config/index.ts';
import { refusedKeys } from './dex-keys/refused-keys.ts';
import { servedClientKeys } from './dex-keys/served-client-keys.ts';
import { servedServerKeys } from './dex-keys/served-server-keys.ts';
import { deps, env, load, makeFiles, minimal, removeFiles } from './dex-keys/values.ts';

beforeAll(makeFiles);
afterAll(removeFiles);

describe("Dex's keys", () => {
  it.each([...servedServerKeys, ...servedClientKeys])(
    '%s does what it does in Dex',
    (_key, values, seen, is) => {
      const found = seen(load(values));
      if (typeof is === 'object' && is !== null) expect(found).toMatchObject(is);
      else expect(found).toBe(is);
    },
  );

  it.each(refusedKeys)('%s is refused with the remedy', (_key, values, line) => {
    const attempt = () => load(values);
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(line);
    expect(attempt).toThrow(/^dex\.yaml:\d+:\d+: /);
  });

  it('has one line for each connector that is not served', () => {
    const connectors = [
      { type: 'ldap', id: 'ldap', name: 'LDAP' },
      { type: 'github', id: 'github', name: 'GitHub' },
    ];
    try {
      load({ connectors });
      expect.unreachable();
    } catch (error) {
      expect((error as ConfigError).faults.map(({ path }) => path)).toEqual([
        'connectors[0].type',
        'connectors[1].type',
      ]);
    }
  });

  it('expands nothing outside of storage and connectors, and nothing at all with DEX_EXPAND_ENV=false', () => {
    expect(load({ frontend: { issuer: '$ID' } }).frontend.issuer).toBe('$ID');
    const storage = { type: 'sqlite3', config: { file: '/$ID.db' } };
    const off = parseConfig(stringify({ ...minimal, storage }), 'dex.yaml', {
      ...deps,
      env: { ...env, DEX_EXPAND_ENV: 'false' },
    });
    expect(off.storage).toMatchObject({ type: 'sqlite3', file: '/$ID.db' });
  });
});
