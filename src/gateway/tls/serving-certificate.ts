import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  createCertificateAuthority,
  type KeyPair,
  signServingCertificate,
} from '../../certificates/index.ts';

export interface ServingCertificate extends KeyPair {
  /** PEM of the CA that clients must trust. */
  readonly certificateAuthority: string;
}

const RENEW_BEFORE_MS = 30 * 86_400_000;

/**
 * The gateway's own certificate, signed by a CA that is made at first start and kept in `directory`.
 * Signed anew when it is about to expire or lacks a name; the CA stays, so kubeconfig files stay valid.
 * @param names DNS names and IP addresses that clients use
 */
export async function loadServingCertificate(
  directory: string,
  names: readonly string[],
  now: Date,
): Promise<ServingCertificate> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const ca =
    (await readKeyPair(directory, 'ca')) ??
    (await writeKeyPair(directory, 'ca', await createCertificateAuthority(now)));
  const kept = await readKeyPair(directory, 'gateway');
  const pair =
    kept && isUsable(kept, ca, names, now)
      ? kept
      : await writeKeyPair(directory, 'gateway', await signServingCertificate(ca, names, now));
  return { ...pair, certificateAuthority: ca.certificate };
}

/** The same without a directory: the CA signs nothing else, and its key is gone with this call. */
export async function issueServingCertificate(
  names: readonly string[],
  now: Date,
): Promise<ServingCertificate> {
  const ca = await createCertificateAuthority(now);
  return { ...(await signServingCertificate(ca, names, now)), certificateAuthority: ca.certificate };
}

/** Where the CA certificate for clients is kept. */
export function certificateAuthorityFile(directory: string): string {
  return join(directory, 'ca.crt');
}

function isUsable(pair: KeyPair, ca: KeyPair, names: readonly string[], now: Date): boolean {
  const certificate = new X509Certificate(pair.certificate);
  return (
    certificate.verify(new X509Certificate(ca.certificate).publicKey) &&
    certificate.validToDate.getTime() - now.getTime() > RENEW_BEFORE_MS &&
    names.every(
      (name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined,
    )
  );
}

async function readKeyPair(directory: string, name: string): Promise<KeyPair | undefined> {
  try {
    const [certificate, privateKey] = await Promise.all([
      readFile(join(directory, `${name}.crt`), 'utf8'),
      readFile(join(directory, `${name}.key`), 'utf8'),
    ]);
    return { certificate, privateKey };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The certificate is written last and renamed into place: a crash leaves the old pair or none, never a torn one. */
async function writeKeyPair(directory: string, name: string, pair: KeyPair): Promise<KeyPair> {
  await writeAtomically(join(directory, `${name}.key`), pair.privateKey, 0o600);
  await writeAtomically(join(directory, `${name}.crt`), pair.certificate, 0o644);
  return pair;
}

async function writeAtomically(file: string, text: string, mode: number): Promise<void> {
  await writeFile(`${file}.new`, text, { mode });
  await rename(`${file}.new`, file);
}
