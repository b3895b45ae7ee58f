import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { writeChart } from './support/chart.ts';
import { type Outcome, run, type Terminal } from './support/kubectl.ts';
import type { HelmVersion } from './support/tools.ts';
import { startTrustingTokens, type TrustedTokens } from './support/trusted-tokens.ts';

/** How each writes unless it is told otherwise: Helm 4 by server-side apply. */
const OPERATION: Readonly<Record<HelmVersion, string>> = { '3': 'Update', '4': 'Apply' };

const PEOPLE = { jane: ['developers'], bob: [] } as const;

describe.each(['3', '4'] as const)('helm %s through the gateway', (version) => {
  let started: TrustedTokens;
  const terminals = {} as Record<keyof typeof PEOPLE, Terminal>;
  let chart: string;

  beforeAll(async () => {
    started = await startTrustingTokens();
    for (const person of ['jane', 'bob'] as const)
      terminals[person] = await started.open('1.35', person, PEOPLE[person]);
    chart = await writeChart(terminals.jane.home);
  });

  afterAll(() => started?.dispose());

  const helm = (person: keyof typeof PEOPLE, ...args: string[]): Promise<Outcome> =>
    run(inject('helm')[version], args, terminals[person].env);

  async function ok(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await helm('jane', ...args);
    expect(code, `helm ${args.join(' ')}: ${stderr}`).toBe(0);
    expect(stderr).toBe('');
    return stdout;
  }

  const read = async (...args: string[]) => (await terminals.jane.kubectl('get', ...args)).stdout;
  const colour = () => read('configmap', 'shop', '-o', 'jsonpath={.data.colour}');

  it('installs a chart and waits until it runs', async () => {
    const said = await ok('install', 'shop', chart, '--wait');
    expect(await read('deployment', 'shop', '-o', 'jsonpath={.status.availableReplicas}')).toBe('1');
    expect(said).toContain('STATUS: deployed');
    expect(said).toContain('The shop is blue.');
    expect(await colour()).toBe('blue');
    expect(await read('deployment', 'shop', '-o', 'jsonpath={.spec.replicas}')).toBe('1');
    const owner = 'jsonpath={.metadata.managedFields[0].manager} {.metadata.managedFields[0].operation}';
    expect(await read('configmap', 'shop', '--show-managed-fields', '-o', owner)).toBe(
      `helm ${OPERATION[version]}`,
    );
  });

  it('changes it, and back', async () => {
    await ok('upgrade', 'shop', chart, '--wait', '--set', 'colour=red,replicas=2');
    expect(await colour()).toBe('red');
    expect(await read('deployment', 'shop', '-o', 'jsonpath={.spec.replicas}')).toBe('2');
    await ok('rollback', 'shop', '1', '--wait');
    expect(await colour()).toBe('blue');
    const history = JSON.parse(await ok('history', 'shop', '-o', 'json'));
    expect(history.map(({ revision, status }: Record<string, unknown>) => [revision, status])).toEqual([
      [1, 'superseded'],
      [2, 'superseded'],
      [3, 'deployed'],
    ]);
  });

  it('lists it', async () => {
    const releases = JSON.parse(await ok('list', '-o', 'json'));
    expect(releases).toMatchObject([{ name: 'shop', namespace: 'dev', revision: '3', status: 'deployed' }]);
  });

  it.each<readonly [what: string, person: keyof typeof PEOPLE, args: readonly string[], sentence: string]>([
    ['an installation', 'bob', ['install', 'mine', 'CHART'], 'User "bob" cannot'],
    [
      'a list',
      'bob',
      ['list'],
      'User "bob" cannot list resource "secrets" in API group "" in the namespace "dev"',
    ],
    ['a removal', 'bob', ['uninstall', 'shop'], 'User "bob" cannot'],
    [
      'an installation elsewhere',
      'jane',
      ['install', 'mine', 'CHART', '-n', 'default'],
      'User "jane" cannot get resource "configmaps" in API group "" in the namespace "default"',
    ],
    [
      'a list of everything',
      'jane',
      ['list', '-A'],
      'User "jane" cannot list resource "secrets" in API group "" at the cluster scope',
    ],
  ])('says why %s is refused', async (_what, person, args, sentence) => {
    const all = args.map((each) => (each === 'CHART' ? chart : each));
    const { code, stdout, stderr } = await helm(person, ...all);
    expect(code).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stdout).toBe('');
    expect(await read('configmaps', 'mine', '--ignore-not-found')).toBe('');
  });

  it.runIf(version === '4')(
    'does not take over what somebody else has changed, unless by force',
    async () => {
      await terminals.jane.kubectl('patch', 'configmap', 'shop', '-p', '{"data":{"colour":"green"}}');
      const { code, stderr } = await helm('jane', 'upgrade', 'shop', chart, '--set', 'colour=red');
      expect(code).toBe(1);
      expect(stderr).toContain('conflict with "kubectl-patch"');
      expect(await colour()).toBe('green');
      await ok('upgrade', 'shop', chart, '--set', 'colour=red', '--force-conflicts');
      expect(await colour()).toBe('red');
    },
  );

  it('takes everything away again', async () => {
    expect(await ok('uninstall', 'shop', '--wait')).toContain('release "shop" uninstalled');
    expect(await read('configmap,deployment,pod,secret', '-o', 'name', '-l', 'app=shop')).toBe('');
    expect(JSON.parse(await ok('list', '-o', 'json'))).toEqual([]);
  });
});
