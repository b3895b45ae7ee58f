import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { KUBECTL_VERSIONS, type Terminal } from './support/kubectl.ts';
import { openLoggedIn } from './support/login-terminal.ts';
import { refused } from './support/outcomes.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

const LECTURE = 'config/demo/lecture';

describe.each(KUBECTL_VERSIONS)('kubectl %s through both doors', (version) => {
  let sallyport: Sallyport;
  let admin: Terminal;
  let jane: Terminal;
  let bob: Terminal;

  beforeAll(async () => {
    sallyport = await startSallyport();
    const open = (login: string) => openLoggedIn(sallyport, inject('kubectl')[version], login);
    [admin, jane, bob] = await Promise.all([
      open('admin@example.com'),
      open('jane'),
      open('bob@example.com'),
    ]);
  });

  afterAll(async () => {
    await Promise.all([admin, jane, bob].map((terminal) => terminal?.dispose()));
    await sallyport?.dispose();
  });

  /** kubectl that must succeed; returns what it printed. */
  async function ok(terminal: Terminal, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await terminal.kubectl(...args);
    expect(code, `kubectl ${args.join(' ')}: ${stderr}`).toBe(0);
    expect(stderr).not.toMatch(/error|forbidden|unauthorized/i);
    return stdout;
  }

  describe('says who is there', () => {
    it('with the groups of the account', async () => {
      const whoami = JSON.parse(await ok(jane, 'auth', 'whoami', '-o', 'json'));
      expect(whoami.status.userInfo).toMatchObject({
        username: 'jane',
        groups: ['developers', 'system:authenticated'],
      });
    });

    it('and tells a caller without groups nothing more', async () => {
      const whoami = JSON.parse(await ok(bob, 'auth', 'whoami', '-o', 'json'));
      expect(whoami.status.userInfo.groups).toEqual(['system:authenticated']);
    });
  });

  describe("the lecture's example, line by line", () => {
    it('is refused before it is applied', async () => {
      await refused(
        jane,
        'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
        'get',
        'pods',
      );
    });

    it('is applied unchanged by the administrator', async () => {
      const said = await ok(admin, 'apply', '-f', LECTURE);
      expect(said.split('\n').filter(Boolean).sort()).toEqual([
        'networkpolicy.networking.k8s.io/test-network-policy created',
        'role.rbac.authorization.k8s.io/pod-reader created',
        'rolebinding.rbac.authorization.k8s.io/read-pods created',
      ]);
      expect(await ok(admin, 'apply', '-f', LECTURE)).toMatch(/unchanged/);
    });

    it('stores the network policy as the lecture has it', async () => {
      const policy = JSON.parse(await ok(admin, 'get', 'networkpolicy', 'test-network-policy', '-o', 'json'));
      expect(policy.spec).toEqual({
        podSelector: { matchLabels: { role: 'db' } },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          {
            from: [
              { ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } },
              { namespaceSelector: { matchLabels: { project: 'myproject' } } },
              { podSelector: { matchLabels: { role: 'frontend' } } },
            ],
            ports: [{ protocol: 'TCP', port: 6379 }],
          },
        ],
        egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ protocol: 'TCP', port: 5978 }] }],
      });
    });

    it('lets jane get, list and watch pods in default', async () => {
      await ok(admin, 'run', 'web', '--image=nginx');
      await ok(admin, 'wait', 'pod/web', '--for=condition=Ready');
      expect(await ok(jane, 'get', 'pods')).toMatch(
        /^NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\nweb\s+1\/1\s+Running/,
      );
      expect(await ok(jane, 'get', 'pod', 'web', '-o', 'name')).toBe('pod/web\n');
      for (const verb of ['get', 'list', 'watch']) {
        expect(await ok(jane, 'auth', 'can-i', verb, 'pods')).toBe('yes\n');
      }
    });

    it.each([
      ['delete', 'pod', 'web'],
      ['label', 'pod', 'web', 'a=b'],
    ])('but not to change them: kubectl %s', async (verb, ...rest) => {
      await refused(
        jane,
        `pods "web" is forbidden: User "jane" cannot ${verb === 'label' ? 'patch' : verb} resource "pods" in API group "" in the namespace "default"`,
        verb,
        ...rest,
      );
    });

    it('nor to see anything else', async () => {
      await refused(jane, 'cannot list resource "secrets"', 'get', 'secrets');
      await refused(
        jane,
        'cannot list resource "pods" in API group "" at the cluster scope',
        'get',
        'pods',
        '-A',
      );
      await refused(jane, 'in the namespace "kube-system"', 'get', 'pods', '-n', 'kube-system');
      await refused(jane, 'cannot list resource "namespaces"', 'get', 'namespaces');
      const { code, stdout } = await jane.kubectl('auth', 'can-i', 'create', 'pods');
      expect([code, stdout.split('\n')[0]]).toEqual([1, 'no - what nearly allows it, nearest first:']);
    });

    it('and bob to see nothing at all', async () => {
      await refused(bob, 'User "bob" cannot list resource "pods"', 'get', 'pods');
      await refused(bob, 'User "bob" cannot list resource "pods"', 'get', 'pods', '-n', 'dev');
    });

    it('spells jane with a small j: Jane is somebody else', async () => {
      const review = (user: string) => `
apiVersion: authorization.k8s.io/v1
kind: SubjectAccessReview
spec: { user: ${user}, resourceAttributes: { namespace: default, verb: list, resource: pods } }`;
      const ask = async (user: string) =>
        JSON.parse((await admin.kubectlWith(review(user), 'create', '-f', '-', '-o', 'json')).stdout).status
          .allowed;
      expect([await ask('jane'), await ask('Jane'), await ask('bob')]).toEqual([true, false, false]);
    });
  });

  it('answers for somebody else, for who may impersonate', async () => {
    const asked = async (user: string) =>
      (await admin.kubectl('auth', 'can-i', 'list', 'pods', '--as', user)).stdout;
    expect([await asked('jane'), await asked('Jane'), await asked('bob')]).toEqual(['yes\n', 'no\n', 'no\n']);
    await refused(admin, 'User "bob" cannot list resource "pods"', 'get', 'pods', '--as', 'bob');
    await refused(jane, 'User "jane" cannot impersonate', 'get', 'pods', '--as', 'admin');
  });

  describe('the group binding of the demo', () => {
    it('lets developers edit in dev', async () => {
      await ok(jane, 'create', 'configmap', 'settings', '--from-literal=colour=blue', '-n', 'dev');
      await ok(jane, 'create', 'deployment', 'shop', '--image=nginx', '-n', 'dev');
      await ok(jane, 'rollout', 'status', 'deployment/shop', '-n', 'dev', '--timeout=30s');
      expect(await ok(jane, 'get', 'deployments', '-n', 'dev')).toMatch(/shop\s+1\/1/);
      await ok(jane, 'delete', 'deployment', 'shop', '-n', 'dev');
    });

    it('and nowhere else', async () => {
      await refused(
        jane,
        'deployments.apps is forbidden: User "jane" cannot create resource "deployments" in API group "apps" in the namespace "default"',
        'create',
        'deployment',
        'shop',
        '--image=nginx',
      );
    });

    it('but not hand out rights there', async () => {
      await refused(
        jane,
        'cannot create resource "rolebindings" in API group "rbac.authorization.k8s.io" in the namespace "dev"',
        'create',
        'rolebinding',
        'more',
        '--clusterrole=cluster-admin',
        '--user=jane',
        '-n',
        'dev',
      );
    });
  });

  it('counts a binding at the next request, and its removal too', async () => {
    await refused(bob, 'cannot list resource "services"', 'get', 'services');
    await ok(admin, 'create', 'role', 'service-reader', '--verb=get,list', '--resource=services');
    await ok(admin, 'create', 'rolebinding', 'bob-services', '--role=service-reader', '--user=bob');
    await ok(bob, 'get', 'services');
    await ok(admin, 'delete', 'rolebinding', 'bob-services');
    await refused(bob, 'cannot list resource "services"', 'get', 'services');
  });

  it('ends an open watch when its right is taken away', async () => {
    await ok(admin, 'create', 'role', 'map-reader', '--verb=get,list,watch', '--resource=configmaps');
    await ok(admin, 'create', 'rolebinding', 'bob-maps', '--role=map-reader', '--user=bob');
    const watch = bob.spawnKubectl('get', '--raw', '/api/v1/namespaces/default/configmaps?watch=true');
    const ended = new Promise<void>((done) => watch.once('exit', () => done()));
    await new Promise<void>((done) => watch.stdout?.once('data', () => done()));
    await ok(admin, 'delete', 'rolebinding', 'bob-maps');
    await ended;
    await refused(bob, 'cannot list resource "configmaps"', 'get', 'configmaps');
  });

  it('does not let an administrator of one namespace grant more than they hold', async () => {
    await ok(admin, 'create', 'namespace', 'team');
    await ok(admin, 'create', 'rolebinding', 'bob-admin', '--clusterrole=admin', '--user=bob', '-n', 'team');
    await refused(
      bob,
      'is attempting to grant RBAC permissions not currently held',
      'create',
      'rolebinding',
      'more',
      '--clusterrole=cluster-admin',
      '--user=bob',
      '-n',
      'team',
    );
    await ok(bob, 'create', 'rolebinding', 'view', '--clusterrole=view', '--user=jane', '-n', 'team');
  });

  describe('every verb on the demo’s kinds', () => {
    beforeAll(async () => {
      await ok(admin, 'create', 'secret', 'generic', 'seen', '--from-literal=a=b');
      await ok(admin, 'create', 'deployment', 'seen', '--image=nginx', '--replicas=0');
    });

    it('prints all outputs of get', async () => {
      for (const output of ['wide', 'json', 'yaml', 'name', 'jsonpath={.items[*].metadata.name}']) {
        expect(await ok(admin, 'get', 'pods', '-o', output)).toContain('web');
      }
      expect(await ok(admin, 'get', 'pods', '-o', 'custom-columns=N:.metadata.name')).toBe('N\nweb\n');
      expect(await ok(admin, 'get', 'pods', '--show-labels')).toContain('run=web');
      expect(await ok(admin, 'get', 'pods', '-l', 'run=web', '-o', 'name')).toBe('pod/web\n');
      expect(await ok(admin, 'get', 'pods', '--field-selector=metadata.name=web', '-o', 'name')).toBe(
        'pod/web\n',
      );
    });

    it.each([
      'namespaces',
      'pods',
      'services',
      'configmaps',
      'secrets',
      'serviceaccounts',
      'deployments',
      'networkpolicies',
      'roles',
      'clusterroles',
      'rolebindings',
      'clusterrolebindings',
    ])('lists and describes %s', async (resource) => {
      expect(await ok(admin, 'get', resource, '-A')).toMatch(/NAME/);
      expect(await ok(admin, 'describe', resource, '-A')).toMatch(/^Name:/m);
    });

    it('creates, labels, annotates, patches, edits and deletes', async () => {
      await ok(admin, 'create', 'secret', 'generic', 'key', '--from-literal=a=b');
      await ok(admin, 'create', 'serviceaccount', 'robot');
      await ok(admin, 'create', 'service', 'clusterip', 'web', '--tcp=80:8080');
      await ok(admin, 'create', 'configmap', 'm', '--from-literal=a=1');
      await ok(admin, 'label', 'configmap', 'm', 'tier=one');
      await ok(admin, 'annotate', 'configmap', 'm', 'note=two');
      await ok(admin, 'patch', 'configmap', 'm', '-p', '{"data":{"b":"2"}}');
      await ok(admin, 'patch', 'configmap', 'm', '--type=merge', '-p', '{"data":{"c":"3"}}');
      await ok(admin, 'patch', 'configmap', 'm', '--type=json', '-p', '[{"op":"remove","path":"/data/a"}]');
      await ok(admin, 'patch', 'configmap', 'm', '-p', '{"data":{"colour":"before"}}');
      expect(await ok(admin, 'edit', 'configmap', 'm')).toBe('configmap/m edited\n');
      const map = JSON.parse(await ok(admin, 'get', 'configmap', 'm', '-o', 'json'));
      expect(map.data).toEqual({ b: '2', c: '3', colour: 'after' });
      expect(map.metadata.labels).toEqual({ tier: 'one' });
      for (const [kind, name] of [
        ['secret', 'key'],
        ['serviceaccount', 'robot'],
        ['service', 'web'],
        ['configmap', 'm'],
      ]) {
        await ok(admin, 'delete', String(kind), String(name));
      }
    });

    it('discovers', async () => {
      expect(await ok(admin, 'api-resources')).toMatch(/networkpolicies\s+netpol\s+networking.k8s.io\/v1/);
      expect(JSON.parse(await ok(admin, 'version', '-o', 'json')).serverVersion.minor).toBe('35');
      expect(await ok(admin, 'explain', 'pod.spec.containers')).toMatch(/image/);
    });

    it('refuses a stale update', async () => {
      await ok(admin, 'create', 'configmap', 'race', '--from-literal=a=1');
      const map = await ok(admin, 'get', 'configmap', 'race', '-o', 'json');
      await ok(admin, 'patch', 'configmap', 'race', '-p', '{"data":{"a":"2"}}');
      const stale = await admin.kubectlWith(map, 'replace', '-f', '-');
      expect(stale.stderr).toContain('the object has been modified');
    });

    it('watches from where the list ended', async () => {
      const watch = admin.spawnKubectl('get', 'configmaps', '-w', '-o', 'name');
      let seen = '';
      const until = (text: string) =>
        new Promise<void>((done) => {
          const check = () => seen.includes(text) && done();
          watch.stdout?.on('data', check);
          check();
        });
      watch.stdout?.setEncoding('utf8').on('data', (text: string) => {
        seen += text;
      });
      await until('kube-root-ca.crt');
      await ok(admin, 'create', 'configmap', 'watched');
      await until('watched');
      watch.kill();
    });
  });
});
