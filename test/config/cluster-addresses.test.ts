import { describe, expect, it } from 'vitest';
import { clusterAddresses, type GatewayConfig, gatewayUrl } from '../../src/config/index.ts';

const issuer = 'https://login.example:5556/dex';
const at = (host: string, url?: string) =>
  gatewayUrl({ issuer }, { https: { host, port: 8443 }, url } as GatewayConfig);

describe("the gateway's address for clients", () => {
  it.each([
    ['10.1.2.3', 'https://10.1.2.3:8443'],
    ['::1', 'https://[::1]:8443'],
    ['', 'https://login.example:8443'],
    ['0.0.0.0', 'https://login.example:8443'],
    ['::', 'https://login.example:8443'],
  ])('where it listens on "%s" is %s', (host, url) => {
    expect(at(host)).toBe(url);
  });

  it('is what the configuration says', () => {
    expect(at('0.0.0.0', 'https://kube.example/')).toBe('https://kube.example/');
  });
});

describe('the clusters behind it', () => {
  it('have a name and a server each, and one address for all lists', () => {
    const clusters = [{ name: 'prod' }] as unknown as GatewayConfig['clusters'];
    expect(clusterAddresses({ clusters }, 'https://kube.example/')).toEqual([
      { cluster: undefined, name: 'sallyport', server: 'https://kube.example' },
      { cluster: 'prod', name: 'sallyport-prod', server: 'https://kube.example/clusters/prod' },
      { cluster: '-', name: 'sallyport-all', server: 'https://kube.example/clusters/-' },
    ]);
  });

  it('are one where there are no others', () => {
    expect(clusterAddresses({ clusters: [] }, 'https://kube.example')).toHaveLength(1);
  });
});
