import { StoreOpenError, type StoreOpenErrorCode } from '../store-open-error.ts';
import { connectionCode, EtcdRefusal, isTlsFailure } from './etcd-failure.ts';

type Explanation = readonly [code: StoreOpenErrorCode, problem: string, remedy: string];

/** Says what kept the store from being opened and how to get over it; the failure itself becomes the cause. */
export function toOpenError(failure: unknown, place: string): StoreOpenError {
  if (failure instanceof StoreOpenError) return failure;
  const [code, problem, remedy] = explain(failure);
  return new StoreOpenError(code, place, problem, remedy, { cause: failure });
}

function explain(failure: unknown): Explanation {
  const code = connectionCode(failure);
  const message = failure instanceof Error ? failure.message : String(failure);
  if (isTlsFailure(failure))
    return [
      'SP_STORE_TLS',
      `the TLS handshake failed (${code}: ${message})`,
      'set storage.config.ssl: caFile to the authority of etcd, serverName to the name in its certificate, certFile and keyFile when it asks for a certificate',
    ];
  if (!(failure instanceof EtcdRefusal))
    return [
      'SP_STORE_UNREACHABLE',
      `no member answers (${code ?? message})`,
      'start etcd, or name its client addresses in storage.config.endpoints',
    ];
  if (/authentication failed|user name is empty|invalid auth token/.test(message))
    return ['SP_STORE_CREDENTIALS', message, 'set storage.config.username and password to a user of etcd'];
  if (/permission denied/.test(message))
    return [
      'SP_STORE_PERMISSION',
      'its user may not read and write the namespace',
      'name one that may in storage.config.username, or grant it: etcdctl role grant-permission --prefix=true ROLE readwrite NAMESPACE',
    ];
  if (/CommonName of client/.test(message))
    return [
      'SP_STORE_CREDENTIALS',
      'its gateway takes no certificate with a common name (CN) while it asks for users',
      'let the client certificate have no CN, and name the user in storage.config.username',
    ];
  if (/^status \d+,/.test(message))
    return ['SP_STORE_OPEN_FAILED', message, 'name an etcd with its JSON gateway on (--enable-grpc-gateway)'];
  return ['SP_STORE_OPEN_FAILED', message, 'see the cause'];
}
