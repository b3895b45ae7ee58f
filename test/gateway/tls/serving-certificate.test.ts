import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadServingCertificate } from '../../../src/gateway/index.ts';

const DAY = 86_400_000;
const now = new Date('2026-11-25T00:00:00Z');

describe("the gateway's own certificate", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('is signed by a CA and names the addresses', async () => {
    const made = await loadServingCertificate(directory, ['127.0.0.1', '::1', 'localhost'], now);
    const certificate = new X509Certificate(made.certificate);
    expect(certificate.verify(new X509Certificate(made.certificateAuthority).publicKey)).toBe(true);
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkHost('evil.example')).toBeUndefined();
    expect(certificate.ca).toBe(false);
  });

  it('keeps its keys from other users', async () => {
    await loadServingCertificate(directory, ['localhost'], now);
    const modes = readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mode & 0o777]);
    expect(Object.fromEntries(modes)).toEqual({
      'ca.crt': 0o644,
      'ca.key': 0o600,
      'gateway.crt': 0o644,
      'gateway.key': 0o600,
    });
  });

  it('is the same at the next start', async () => {
    const first = await loadServingCertificate(directory, ['localhost'], now);
    expect(await loadServingCertificate(directory, ['localhost'], new Date(now.getTime() + DAY))).toEqual(
      first,
    );
  });

  it.each([
    ['a name is missing', ['localhost', 'gateway.example.com'], 0],
    ['it is about to expire', ['localhost'], 340 * DAY],
  ])('is signed anew by the same CA when %s', async (_why, names, later) => {
    const first = await loadServingCertificate(directory, ['localhost'], now);
    const second = await loadServingCertificate(directory, names, new Date(now.getTime() + later));
    expect(second.certificate).not.toBe(first.certificate);
    expect(second.certificateAuthority).toBe(first.certificateAuthority);
  });
});
