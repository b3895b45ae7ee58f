import { describe, expect, it } from 'vitest';
import { type Config, parseConfig } from '../../src/config/index.ts';
import { followConfig } from '../../src/server/follow-config.ts';

const text = (more: string) => `issuer: https://id.example.com\nweb: { http: 127.0.0.1:5556 }\n${more}`;
const parse = (more: string) => parseConfig(text(more), 'sallyport.yaml', { dataDir: '/data', env: {} });

function follow() {
  const state = { file: '', applied: [] as Config[], refuse: undefined as Error | undefined };
  const lines: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  const followed = followConfig({
    config: parse(''),
    load: async () => parse(state.file),
    async apply(config) {
      if (state.refuse) throw state.refuse;
      state.applied.push(config);
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
    state.file = 'expiry: { idTokens: 1h }\n';
    await look();
    await look();
    expect(lines).toEqual([
      {
        level: 'warn',
        fields: { changed: ['expiry.idTokens'] },
        message: 'these keys take effect at the next start',
      },
    ]);
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
