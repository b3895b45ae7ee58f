import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { editKubeconfig } from '../../../src/plugin/kubeconfig/edit-kubeconfig.ts';

const handMade = `# mine; do not touch
apiVersion: v1
kind: Config
current-context: work   # the usual one
preferences:
  colors: true
clusters:
- name: work
  cluster:
    server: https://work.example   # behind the VPN
    proxy-url: http://proxy.example
    extensions:
    - name: minikube
      extension: { version: 1 }
users:
- name: work
  user:
    token: hunter2
contexts:
# the only context
- name: work
  context: { cluster: work, user: work, namespace: team }
x-unknown: [ 1, 2 ]
`;

const added = {
  entries: [
    {
      list: 'clusters',
      name: 'new',
      members: { server: 'https://new.example', 'tls-server-name': undefined },
    },
    { list: 'users', name: 'new', members: { exec: { command: 'x' } } },
    { list: 'contexts', name: 'new', members: { cluster: 'new', user: 'new' } },
  ],
  currentContext: 'new',
} as const;

describe('editing a kubeconfig', () => {
  it('adds entries and leaves every other line as it is', () => {
    const linesOf = (text: string) => text.split('\n').map((line) => line.replace(/ +(?=#)/, ' '));
    const lines = linesOf(editKubeconfig(handMade, added));
    const kept = linesOf(handMade).filter((line) => !line.startsWith('current-context'));
    expect(kept.filter((line) => !lines.includes(line))).toEqual([]);
    expect(lines).toContain('current-context: new # the usual one');
    const { clusters, users, contexts } = parse(lines.join('\n'));
    expect(clusters[1]).toEqual({ name: 'new', cluster: { server: 'https://new.example' } });
    expect(users[1]).toEqual({ name: 'new', user: { exec: { command: 'x' } } });
    expect(contexts[1]).toEqual({ name: 'new', context: { cluster: 'new', user: 'new' } });
  });

  it('keeps lists indented where they are', () => {
    const indented = editKubeconfig('', added).replace(/^(- | {2})/gm, '  $1');
    expect(editKubeconfig(indented, added)).toBe(indented);
  });

  it('changes an entry member by member', () => {
    const text = editKubeconfig(handMade, {
      entries: [
        { list: 'clusters', name: 'work', members: { server: 'https://moved.example' } },
        { list: 'users', name: 'work', members: { exec: { command: 'x' }, token: undefined } },
        { list: 'contexts', name: 'work', members: { cluster: 'work', user: 'work' } },
      ],
    });
    const { clusters, users, contexts } = parse(text);
    expect(clusters[0].cluster).toEqual({
      server: 'https://moved.example',
      'proxy-url': 'http://proxy.example',
      extensions: [{ name: 'minikube', extension: { version: 1 } }],
    });
    expect(users[0].user).toEqual({ exec: { command: 'x' } });
    expect(contexts[0].context).toEqual({ cluster: 'work', user: 'work', namespace: 'team' });
    expect(text).toContain('# behind the VPN');
  });

  it.each([
    '',
    '# nothing yet\n',
    'apiVersion: v1\nkind: Config\nclusters: null\nusers: []\ncontexts: []\n',
    '{}',
    '{"clusters": [], "users": null}',
  ])('begins with %j', (text) => {
    const { clusters, users, contexts, 'current-context': current } = parse(editKubeconfig(text, added));
    expect([clusters, users, contexts].map((list) => list.length)).toEqual([1, 1, 1]);
    expect(current).toBe('new');
  });

  it.each(['a: b: c', '- list', 'clusters: [', 'a: 1\na: 2\n'])('refuses %j', (text) => {
    expect(() => editKubeconfig(text, added)).toThrow();
  });

  it('loses no entry and finds its own again, whatever the names are', () => {
    const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 5 }), name, (others, own) => {
        const entryOf = (one: string, server: string) =>
          ({ list: 'clusters', name: one, members: { server } }) as const;
        const before = editKubeconfig('', { entries: others.map((one) => entryOf(one, 'https://old')) });
        const after = editKubeconfig(before, { entries: [entryOf(own, 'https://new')] });
        const { clusters } = parse(after, { version: '1.1' }) as {
          clusters: { name: string; cluster: { server: string } }[];
        };
        const servers = Object.fromEntries(clusters.map((entry) => [entry.name, entry.cluster.server]));
        const expected = Object.fromEntries([
          ...others.map((one) => [one, 'https://old']),
          [own, 'https://new'],
        ]);
        expect(servers).toEqual(expected);
        expect(editKubeconfig(after, { entries: [entryOf(own, 'https://new')] })).toBe(after);
      }),
      { numRuns: 60 },
    );
  });
});
