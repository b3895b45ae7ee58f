import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderKubeconfig } from '../../../src/plugin/index.ts';

const input = {
  clusterName: 'demo',
  server: 'https://127.0.0.1:8443',
  certificateAuthorityData: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  issuerUrl: 'http://127.0.0.1:5556',
  clientId: 'kubectl',
  command: 'kubectl-sallyport',
  contextName: 'yes',
  namespace: 'dev',
  userName: 'demo: user',
};

describe('renderKubeconfig', () => {
  it('has the shape that client-go reads, and no secret', () => {
    const text = renderKubeconfig(input);
    expect(parse(text)).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'demo',
          cluster: {
            server: input.server,
            'certificate-authority-data': Buffer.from(input.certificateAuthorityData).toString('base64'),
          },
        },
      ],
      users: [
        {
          name: 'demo: user',
          user: {
            exec: {
              apiVersion: 'client.authentication.k8s.io/v1',
              command: 'kubectl-sallyport',
              args: ['token', '--issuer', input.issuerUrl, '--client-id', 'kubectl'],
              interactiveMode: 'IfAvailable',
              provideClusterInfo: false,
              installHint: expect.stringContaining('PATH'),
            },
          },
        },
      ],
      contexts: [{ name: 'yes', context: { cluster: 'demo', user: 'demo: user', namespace: 'dev' } }],
      'current-context': 'yes',
    });
    expect(text).not.toMatch(/secret|password|refresh|client-key|auth-provider/i);
  });

  it('leaves out what is not known', () => {
    const { certificateAuthorityData: _, namespace: __, ...rest } = input;
    const { clusters, contexts } = parse(renderKubeconfig(rest));
    expect(clusters[0].cluster).toEqual({ server: input.server });
    expect(contexts[0].context).not.toHaveProperty('namespace');
  });

  it('carries the authority of a private issuer along', () => {
    const { users } = parse(renderKubeconfig({ ...input, issuerCertificateAuthorityData: 'PEM' }));
    expect(users[0].user.exec.args.slice(-2)).toEqual(['--certificate-authority-data', 'UEVN']);
  });

  it.each(['yes', 'off', '1:30', '0777', '1_000', 'null', '~'])(
    'quotes the name %j, which is none in YAML 1.1',
    (name) => {
      const text = renderKubeconfig({ ...input, contextName: name, userName: name });
      expect(text).toContain(`current-context: "${name}"\n`);
      expect(parse(text, { version: '1.1' })['current-context']).toBe(name);
    },
  );
});
