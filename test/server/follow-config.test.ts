import { describe, expect, it } from 'vitest';
import { type Config, parseConfig } from '../../src/config/index.ts';
import { followConfig } from '../../src/server/follow-config.ts';

const text = (more: string, web: string) => `issuer: https://id.example.com\nweb: { http: ${web} }\n${more}`;
const parse = (more: string, web = '127.0.0.1:5556') =>
  parseConfig(text(more, web), 'sallyport.yaml', { dataDir: '/data', env: {} });

function follow() {
  const state = {
    file: '',
    web: '127.0.0.1:5556',
    applied: [] as Config[],
    files: [] as Config[],
    refuse: undefined as Error | undefined,
  };
  const lines: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  const followed = followConfig({
    config: parse(''),
    load: async () => parse(state.file, state.web),
    async apply(config, next) {
      if (state.refuse) throw state.refuse;
      state.applied.push(config);
      state.files.push(next);
    },
    log: { info: at('info'), warn: at('warn'), error: at('error') } as never,
  });
  return { state, lines, ...followed };
}

describe('a configuration file that changes', () => {
  it('is put in force once, with the names of the keys', async () => {
    const { state, lines, look, close } = follow();
    await look();
    expect([state.applied, lines]).toEqual([[], []]);
    state.file = 'staticClients: [{ id: cli, public: true }]\n';
    await look();
    await look();
    expect(state.applied.map(({ clients }) => clients.map(({ id }) => id))).toEqual([['cli']]);
    expect(lines).toEqual([
      { level: 'info', fields: { changed: ['staticClients[cli]'] }, message: 'configuration reloaded' },
    ]);
    close();
  });

  it('says which keys wait for a restart', async () => {
    const { state, lines, look, close } = follow();
    state.file = 'sessions: { absoluteLifetime: 1h }\nexpiry: { idTokens: 1h }\nfrontend: { theme: dark }\n';
    await look();
    await look();
    expect(lines).toEqual([
      {
        level: 'info',
        fields: { changed: ['expiry.idTokens', 'frontend.theme'] },
        message: 'configuration reloaded',
      },
      {
        level: 'warn',
        fields: { changed: ['sessions.absoluteLifetime'] },
        message: 'these keys take effect at the next start',
      },
    ]);
    close();
  });

  it('counts with the addresses that the server listens on, whatever the file says of them', async () => {
    const { state, look, close } = follow();
    state.file =
      'staticClients: [{ id: cli, public: true }]\nexpiry: { idTokens: 1h }\nsessions: { absoluteLifetime: 1h }\n';
    state.web = '0.0.0.0:5556';
    await look();
    const [applied] = state.applied;
    expect(applied?.clients.map(({ id }) => id)).toEqual(['cli']);
    expect(applied?.web.http).toEqual({ host: '127.0.0.1', port: 5556 });
    expect(applied?.expiry).toEqual({ idTokens: 3_600_000 });
    expect(applied?.sessions.absoluteLifetime).toBeUndefined();
    expect(state.files.map(({ web }) => web.http?.host)).toEqual(['0.0.0.0']);
    close();
  });

  it('that is bad is said once, and the last good one stays until it is mended', async () => {
    const { state, lines, look, close } = follow();
    state.file = 'staticClients: [{ id: cli }]\n';
    await look();
    await look();
    expect(state.applied).toEqual([]);
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['error', 'configuration not taken; the last good one stays'],
    ]);
    state.file = 'staticClients: [{ id: cli, public: true }]\n';
    await look();
    expect(state.applied).toHaveLength(1);
    close();
  });

  it('that cannot be applied counts as bad, and is tried again', async () => {
    const { state, lines, look, close } = follow();
    state.file = 'staticClients: [{ id: cli, public: true }]\n';
    state.refuse = new Error('two accounts have the userID u1');
    await look();
    expect(lines.map(({ level }) => level)).toEqual(['error']);
    state.refuse = undefined;
    await look();
    expect(state.applied).toHaveLength(1);
    close();
  });
});
