import { freePort } from '../support/free-port.ts';
import { openRelyingParty } from '../support/relying-party.ts';
import type { Row, Walk } from './walk.ts';

/** A second cluster, in which very many have rights. Its rules are files, and its API server is nowhere: nothing here asks it. */
export const LARGE_CONFIG = `
  target: embedded
  clusters:
    - name: large
      target: { kubeconfig: large.kubeconfig }
      rbac: { manifests: [large-rbac.yaml] }
`;

/** Strangers may register their applications. */
export const STRANGERS_CONFIG = `
oauth2:
  dynamicClientRegistration: { open: true }
`;

const BINDINGS = 10_000;
/** So many of them are of one group. */
const OF_DEVELOPERS = 1_000;

const rbac = 'rbac.authorization.k8s.io';

function binding(
  kind: string,
  name: string,
  role: string,
  subject: readonly [string, string],
  namespace?: string,
) {
  const [of, who] = subject;
  return {
    apiVersion: `${rbac}/v1`,
    kind,
    metadata: { name, namespace },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: rbac, kind: of, name: who }],
  };
}

function role(name: string, verbs: readonly string[], resources: readonly string[], group: string) {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name },
    rules: [{ apiGroups: [group], resources, verbs }],
  };
}

function policy(): object {
  const own = Array.from({ length: OF_DEVELOPERS }, (_, at) =>
    binding('RoleBinding', `own${at}`, 'reader', ['Group', 'developers'], `team-${at}`),
  );
  const others = Array.from({ length: BINDINGS - OF_DEVELOPERS }, (_, at) =>
    binding('RoleBinding', `b${at}`, 'reader', ['User', `person-${at}`], `team-${at % 300}`),
  );
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      role('everything', ['*'], ['*'], '*'),
      role('reader', ['get', 'list', 'watch'], ['pods', 'pods/log', 'services', 'configmaps'], ''),
      binding('ClusterRoleBinding', 'admins', 'everything', ['Group', 'platform-admins']),
      ...own,
      ...others,
    ],
  };
}

const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: large
clusters: [{ name: large, cluster: { server: "https://127.0.0.1:1" } }]
users: [{ name: large, user: { token: nothing } }]
contexts: [{ name: large, context: { cluster: large, user: large } }]
`;

export const LARGE_FILES: Readonly<Record<string, string>> = {
  'config/large.kubeconfig': KUBECONFIG,
  'config/large-rbac.yaml': JSON.stringify(policy()),
};

const at = (name: string, path: string, more: Omit<Row, 'name' | 'go'> = {}): Row => ({
  name,
  go: (walk) => walk.to(path),
  ...more,
});

const IN_A_LARGE_CLUSTER: readonly Row[] = [
  {
    name: 'connect-all',
    async go(walk) {
      await walk.leave();
      await walk.to('/account');
      await walk.signIn('admin');
      await walk.to('/connect');
    },
  },
  at('connect-large', '/connect/sallyport-large', { script: true }),
  at('large-rights', '/access/rights?cluster=large&as=jane&groups=developers&namespace=team-7'),
  at('large-rights-paged', '/access/rights?cluster=large&as=jane&groups=developers&resource=pods&page=3'),
  at('large-who', '/access/who?cluster=large&verb=get&resource=pods&page=2'),
];

/** Registers an application as a stranger would, and goes from it to sign in. */
async function strangersApp(walk: Walk): Promise<void> {
  const port = await freePort();
  const answer = await fetch(`${walk.issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Official Sign-in',
      redirect_uris: [`http://127.0.0.1:${port}/callback`],
      token_endpoint_auth_method: 'none',
    }),
  });
  const { client_id: clientId } = (await answer.json()) as { readonly client_id: string };
  const party = await openRelyingParty({ issuer: walk.issuer, clientId, port, scope: 'openid email groups' });
  try {
    await walk.leave();
    await walk.page.goto(party.authorizationUrl);
    await walk.signIn('bob');
    // Above what it asks for, and with the place that it leads to.
    await walk.page.locator('.alert[role=note]:above(.scopes)').waitFor();
    await walk.page.getByText(`127.0.0.1:${port}`).waitFor();
  } finally {
    party.close();
  }
}

const OF_STRANGERS: readonly Row[] = [{ name: 'consent-unknown', go: strangersApp }];

/** Pages where there is much of everything, and those of applications that nobody knows. */
export const LARGE = {
  'who looks into a large cluster': IN_A_LARGE_CLUSTER,
  'who comes from an application that nobody knows': OF_STRANGERS,
} as const;
