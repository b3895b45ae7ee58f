import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readClusterOptions } from '../../../src/cli/cluster/read-cluster-options.ts';
import { limits } from '../../../src/config/schema/limits.ts';
import { clusterLimits } from '../../../src/server/cluster/limits.ts';
import { folder } from '../support/folder.ts';
import { type } from '../support/run.ts';

describe('the flags of sallyport cluster', () => {
  it.each([
    ['--listen 0.0.0.0:6443', 'other machines can reach 0.0.0.0; say --allow-remote'],
    ['--listen [::]:6443', 'other machines can reach ::'],
    ['--listen :6443', 'other machines can reach every address of this one'],
    ['--listen 6443', 'expected HOST:PORT, for example 127.0.0.1:6443, got "6443"'],
    ['--listen 127.0.0.1:65536', 'expected HOST:PORT'],
    ['--store redis', 'expected memory, sqlite:FILE or etcd:URL[,URL]'],
    [
      '--store etcd:127.0.0.1:2379',
      'for example sqlite:cluster.db or etcd:http://127.0.0.1:2379, got "etcd:127',
    ],
    ['--tls-cert-file package.json', '--tls-cert-file and --tls-private-key-file go together'],
    ['--audit-log-path -', '--audit-policy-file and --audit-log-path go together'],
    ['--client-ca-file nowhere.pem', '--client-ca-file: cannot read nowhere.pem: ENOENT'],
    ['--token-auth-file package.json', 'package.json:1: expected token,user name,user uid'],
    [
      '--tls-cert-file package.json --tls-private-key-file package.json --tls-san x',
      'leave out --tls-cert-file',
    ],
  ])('%s is a usage error', async (flags, message) => {
    const { code, stderr } = await type(`cluster ${flags}`);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('are understood', async () => {
    const file = join(folder({ 'tokens.csv': 'abc,jane,u1' }), 'tokens.csv');
    const options = await readClusterOptions({
      listen: '[::1]:0',
      store: 'sqlite:x/y.db',
      'token-auth-file': file,
      'no-controllers': true,
    });
    expect(options).toEqual({
      listen: { host: '::1', port: 0 },
      store: { type: 'sqlite', file: 'x/y.db' },
      certificate: { type: 'own', names: [], directory: 'x/y.db-pki' },
      tokens: [{ token: 'abc', user: { username: 'jane', uid: 'u1', groups: [] } }],
      clientCA: undefined,
      audit: undefined,
      controllers: false,
    });
    const etcd = await readClusterOptions({ listen: '[::1]:0', store: 'etcd:https://a:2379,https://b:2379' });
    expect(etcd.store).toEqual({ type: 'etcd', endpoints: ['https://a:2379', 'https://b:2379'] });
    const remote = await readClusterOptions({ listen: '0.0.0.0:1', store: 'memory', 'allow-remote': true });
    expect(remote.listen.host).toBe('0.0.0.0');
  });

  it('leave the limits of a gateway, but for the number of streams and waiting requests of one user', () => {
    const { queuePerUser, streamsPerUser, ...others } = clusterLimits;
    expect(limits.parse({})).toMatchObject(others);
    expect(queuePerUser).toBeGreaterThan(50);
    expect(streamsPerUser).toBeGreaterThan(1_000);
  });
});
