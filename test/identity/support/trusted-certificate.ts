import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import {
  createCertificateAuthority,
  type KeyPair,
  signServingCertificate,
} from '../../../src/certificates/index.ts';

let made: Promise<KeyPair> | undefined;

/** What a server at 127.0.0.1 proves itself with: to every client in this process, whatever library it is made of. */
export function trustedCertificate(): Promise<KeyPair> {
  made ??= make();
  return made;
}

async function make(): Promise<KeyPair> {
  const authority = await createCertificateAuthority(new Date());
  setDefaultCACertificates([...getCACertificates('default'), authority.certificate]);
  return signServingCertificate(authority, ['127.0.0.1'], new Date());
}
