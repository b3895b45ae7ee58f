import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { askBoth, type Way } from './support/ask-both.ts';
import { writeChart } from './support/chart.ts';
import {
  type FrontedKubeApiServer,
  NAMESPACES,
  startFrontedKubeApiServer,
} from './support/fronted-kube-apiserver.ts';
import { refusedRequests, sameCommands, sameRequests } from './support/kube-apiserver-rows.ts';
import { KUBECTL_VERSIONS, openTerminal, run, type Terminal } from './support/kubectl.ts';
import { openTerminalAs } from './support/own-kubeconfig.ts';

/** Optional: the tests' start says aloud when there is none. */
describe.skipIf(inject('kubeApiServer') === '')('a real kube-apiserver', () => {
  let started: FrontedKubeApiServer;
  let agents: { readonly direct: Agent; readonly fronted: Agent };
  const terminals: Terminal[] = [];

  beforeAll(async () => {
    started = await startFrontedKubeApiServer();
    const ca = await readFile(join(started.sallyport().dataDir, 'ca.crt'), 'utf8');
    agents = {
      direct: new Agent({ connect: { ca: started.api.ca } }),
      fronted: new Agent({ connect: { ca } }),
    };
  });

  afterAll(async () => {
    await Promise.all([agents?.direct.destroy(), agents?.fronted.destroy()]);
    await Promise.all(terminals.map((terminal) => terminal.dispose()));
    await started?.dispose();
  });

  const ways = (prefix: string): [Way, Way] => [
    { origin: started.api.url, dispatcher: agents.direct, namespace: NAMESPACES.direct },
    {
      origin: `${started.sallyport().gateway}${prefix}`,
      dispatcher: agents.fronted,
      namespace: NAMESPACES.fronted,
    },
  ];

  /** Who asks it directly, and who comes through the gateway: the same person. */
  async function open(version: (typeof KUBECTL_VERSIONS)[number]): Promise<[Terminal, Terminal]> {
    const program = inject('kubectl')[version];
    const direct = await openTerminal(started.sallyport(), program);
    await writeFile(String(direct.env['KUBECONFIG']), started.api.kubeconfig('boss'), { mode: 0o600 });
    const fronted = await openTerminalAs(started.sallyport(), program, { token: 'boss' });
    terminals.push(direct, fronted);
    return [direct, fronted];
  }

  describe.each([
    ['decides by its RBAC objects, and impersonates', ''],
    ['asks it by SubjectAccessReview', '/clusters/asked'],
    ['passes tokens on', '/clusters/passed'],
    ['does everything with its own account', '/clusters/fixed'],
  ])('behind a gateway that %s', (_, prefix) => {
    it('answers as it does itself', async () => {
      for (const request of sameRequests) {
        const [itself, through] = await askBoth(ways(prefix), 'boss', request);
        expect(through, `${request.method} ${request.path}`).toEqual(itself);
      }
    });

    it('refuses in its words', async () => {
      for (const request of refusedRequests) {
        const [itself, through] = await askBoth(ways(prefix), 'plain', request);
        expect(itself.status, request.path).toBe(403);
        expect(through, request.path).toEqual(itself);
      }
    });
  });

  it.each(KUBECTL_VERSIONS)('looks the same to kubectl %s', async (version) => {
    const [direct, fronted] = await open(version);
    for (const [command, input] of sameCommands) {
      const said = async (terminal: Terminal, namespace: string) =>
        masked(
          JSON.stringify(
            await terminal.kubectlWith(input ?? '', ...command.split(' '), '--namespace', namespace),
          ).replaceAll(namespace, '<namespace>'),
        );
      const itself = await said(direct, NAMESPACES.direct);
      expect(JSON.parse(await said(fronted, NAMESPACES.fronted)), command).toEqual(JSON.parse(itself));
    }
  });

  it.each(['3', '4'] as const)('has helm %s install, upgrade and remove a chart', async (version) => {
    const [, fronted] = await open('1.35');
    const chart = await writeChart(fronted.home);
    const helm = async (...args: string[]) => {
      const { code, stderr } = await run(inject('helm')[version], [...args, '-n', 'fronted'], fronted.env);
      expect([code, stderr], args.join(' ')).toEqual([0, '']);
    };
    await helm('install', 'shop', chart);
    await helm('upgrade', 'shop', chart, '--set', 'colour=red');
    const colour = ['get', 'configmap', 'shop', '-n', 'fronted', '-o', 'jsonpath={.data.colour}'];
    expect((await fronted.kubectl(...colour)).stdout).toBe('red');
    await helm('rollback', 'shop', '1');
    expect((await fronted.kubectl(...colour)).stdout).toBe('blue');
    await helm('uninstall', 'shop');
  });
});

/** Ages, UIDs, and what `kubectl diff` names its files. */
function masked(text: string): string {
  return text
    .replaceAll(/\b\d+m?s\b/g, '<age>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uid>')
    .replaceAll(/(LIVE|MERGED)-\d+/g, '$1')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+/g, '<time>');
}
