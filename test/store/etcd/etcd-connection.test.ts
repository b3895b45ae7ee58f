import { describe, expect, it } from 'vitest';
import { createEtcdConnection } from '../../../src/store/etcd/etcd-connection.ts';
import { EtcdOutage, EtcdRefusal } from '../../../src/store/etcd/etcd-failure.ts';
import type { EtcdHttp, EtcdRequest } from '../../../src/store/etcd/etcd-http.ts';

const refusedConnection = () => new EtcdOutage(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
const cutConnection = () =>
  new EtcdOutage(Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }));
const noLeader = () => new EtcdRefusal(14, 'etcdserver: request timed out');
const signedOut = () => new EtcdRefusal(16, 'etcdserver: invalid auth token');

type Answers = (request: EtcdRequest) => unknown;

function connect(answers: Answers, credentials?: { name: string; password: string }) {
  const asked: string[] = [];
  const http: EtcdHttp = {
    async ask<T>(request: EtcdRequest) {
      asked.push(`${request.origin}${request.path === '/v3/auth/authenticate' ? ' sign in' : ''}`);
      const answer = answers(request);
      if (answer instanceof Error) throw answer;
      return answer as T;
    },
    async *stream() {},
    async close() {},
  };
  const connection = createEtcdConnection({ http, endpoints: ['a', 'b', 'c'], credentials });
  return { connection, asked };
}

const only = (origin: string, failure: () => Error) => (request: EtcdRequest) =>
  request.origin === origin ? {} : failure();

describe('a connection to etcd', () => {
  it.each([
    ['refuse connections', refusedConnection],
    ['cut them', cutConnection],
    ['have no leader', noLeader],
  ])('reads from another member when some %s, and stays there', async (_what, failure) => {
    const { connection, asked } = connect(only('c', failure));
    await connection.read('/v3/kv/range', {});
    await connection.read('/v3/kv/range', {});
    expect(asked).toEqual(['a', 'b', 'c', 'c']);
    expect(connection.turn()).toBe(2);
  });

  it('R-018 sends a write to another member only when nobody can have taken it', async () => {
    const refused = connect(only('c', refusedConnection));
    await refused.connection.write('/v3/kv/txn', {});
    expect(refused.asked).toEqual(['a', 'b', 'c']);
    for (const failure of [cutConnection, noLeader]) {
      const { connection, asked } = connect(only('c', failure));
      await expect(connection.write('/v3/kv/txn', {})).rejects.toThrow();
      expect(asked).toEqual(['a']);
      // The next one goes elsewhere all the same.
      await expect(connection.write('/v3/kv/txn', {})).rejects.toThrow();
      expect(asked).toEqual(['a', 'b']);
    }
  });

  it('asks each member once, and says why the last one failed', async () => {
    const { connection, asked } = connect(refusedConnection);
    await expect(connection.read('/v3/kv/range', {})).rejects.toThrow('refused');
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it('asks nobody else about what etcd refuses', async () => {
    const { connection, asked } = connect(() => new EtcdRefusal(3, 'etcdserver: request is too large'));
    await expect(connection.read('/v3/kv/range', {})).rejects.toThrow('too large');
    expect(asked).toEqual(['a']);
    expect(connection.turn()).toBe(0);
  });

  it('signs in once for all, and again when its session has ended', async () => {
    let session = 0;
    let valid = 1;
    const answers = ({ path, token }: EtcdRequest) => {
      if (path === '/v3/auth/authenticate') session += 1;
      if (path === '/v3/auth/authenticate') return { token: `t${session}` };
      return token === `t${valid}` ? {} : signedOut();
    };
    const { connection, asked } = connect(answers, { name: 'u', password: 'p' });
    await Promise.all([connection.read('/x', {}), connection.write('/x', {})]);
    expect(asked).toEqual(['a sign in', 'a', 'a']);
    valid = 2;
    await connection.write('/x', {});
    expect(asked.slice(3)).toEqual(['a', 'a sign in', 'a']);
  });

  it('works with one cluster only', async () => {
    const { connection } = connect(({ origin }) =>
      origin === 'a' ? refusedConnection() : { header: { cluster_id: origin } },
    );
    await connection.read('/x', {});
    connection.avoid(connection.turn());
    await expect(connection.read('/x', {})).rejects.toThrow(
      'an endpoint belongs to another cluster (c, not b)',
    );
  });
});
