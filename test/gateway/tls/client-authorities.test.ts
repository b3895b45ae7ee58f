import { describe, expect, it } from 'vitest';
import { readClientAuthorities } from '../../../src/gateway/tls/client-authorities.ts';
import { issue, issueAuthority } from '../support/client-certificates.ts';

describe('readClientAuthorities', () => {
  it('reads every certificate of the file and passes over what else is in it', async () => {
    const [one, two] = await Promise.all([issueAuthority('one'), issueAuthority('two')]);
    const { fingerprints } = readClientAuthorities(
      `# one\n${one.cert}${one.key}\ntwo:\r\n${two.cert.replaceAll('\n', '\r\n')}`,
    );
    expect(fingerprints.size).toBe(2);
  });

  it('says what is wrong with a file', async () => {
    const [authority, client] = await Promise.all([
      issueAuthority('one'),
      issue([
        ['O', 'dev'],
        ['CN', 'jane'],
      ]),
    ]);
    const complaint = (pem: string) => () => readClientAuthorities(pem);
    expect(complaint('')).toThrow('has no PEM certificate (-----BEGIN CERTIFICATE-----)');
    expect(complaint(authority.key)).toThrow('has no PEM certificate');
    expect(complaint(authority.cert + authority.cert.slice(0, 200))).toThrow(
      'has a certificate that is cut short',
    );
    expect(complaint('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')).toThrow(
      'certificate 1 cannot be read',
    );
    expect(complaint(authority.cert + client.cert)).toThrow(
      "certificate 2 (O=dev, CN=jane) is not that of an authority: name the CA that signs the clients' certificates",
    );
  });
});
