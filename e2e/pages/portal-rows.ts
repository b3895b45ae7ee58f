import { Agent, request } from 'undici';
import { cameBack } from '../support/relying-party.ts';
import type { Row, Walk } from './walk.ts';

const at = (name: string, path: string, more: Omit<Row, 'name' | 'go'> = {}): Row => ({
  name,
  go: (walk) => walk.to(path),
  ...more,
});

export const CHANGED = `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: extra, namespace: dev }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: bob }]
`;

const PASSWORD = 'correct horse battery';
export const NEXT_PASSWORD = 'battery staple horse';

/** Who has no right but that of her groups. */
const JANES: readonly Row[] = [
  {
    name: 'denials-none',
    async go(walk) {
      await walk.to('/access/denials');
      await walk.signIn('jane');
    },
    script: true,
  },
  at('access-no', '/access?verb=delete&resource=pods&namespace=default&name=web'),
  at('access-unseen', '/access/rights?as=admin', { error: 'page' }),
  at('access-no-cluster', '/access/rights?cluster=none', { error: 'page' }),
  at('who-may-not', '/access/who?verb=get&resource=secrets'),
  at('who-wrong', '/access/who?verb=get', { error: 'form' }),
  at('admin-refused', '/admin', { error: 'page' }),
  {
    name: 'requests-wrong',
    async go(walk) {
      await walk.to('/requests');
      await walk.fill({ role: 'nothing', namespace: 'default', duration: '90d', reason: 'to see' });
    },
    error: 'form',
  },
  {
    name: 'requests-asked',
    async go(walk) {
      await walk.to('/requests');
      await walk.fill({ role: 'edit', namespace: 'default', duration: '1h', reason: 'the shop is down' });
    },
  },
];

/** What the navigation leads to, and from there. */
const ADMINS: readonly Row[] = [
  {
    name: 'home',
    async go(walk) {
      await walk.leave();
      await walk.to('/account');
      await walk.signIn('admin');
      await walk.to('/');
    },
  },
  at('connect', '/connect/sallyport', { script: true }),
  at('account', '/account'),
  at('access', '/access'),
  at('access-yes', '/access?verb=get&resource=pods&namespace=dev'),
  at('access-as', '/access?verb=delete&resource=pods&namespace=default&as=jane&groups=developers'),
  at('access-wrong', '/access?verb=get', { error: 'form' }),
  at('rights', '/access/rights?as=jane&groups=developers&resource=pods'),
  at('rights-in-dev', '/access/rights?namespace=dev&resource=pod'),
  at('who', '/access/who?verb=delete&resource=pods'),
  at('changes', '/access/changes'),
  { name: 'changes-found', go: (walk) => walk.fill({ manifests: CHANGED }) },
  { name: 'changes-wrong', go: (walk) => walk.fill({ manifests: 'kind: [' }), error: 'form' },
  at('denials', '/access/denials?as=bob', { script: true }),
  at('requests', '/requests'),
];

const PEOPLE: readonly Row[] = [
  at('admin-users', '/admin/users'),
  { name: 'admin-user-wrong', go: (walk) => walk.fill({ email: 'nothing', name: '' }), error: 'form' },
  { name: 'admin-user-made', go: makeAmy },
  { name: 'admin-user-reset', go: resetAmy },
];

const REST: readonly Row[] = [
  at('admin-sources', '/admin/sources'),
  at('admin-groups', '/admin/groups'),
  at('admin-sessions', '/admin/sessions'),
  { name: 'admin-session', go: (walk) => walk.press('tbody a') },
  at('admin-clients', '/admin/oauthclients'),
  {
    name: 'admin-client-wrong',
    go: (walk) => walk.fill({ id: 'reports', redirectURIs: 'http://elsewhere.example/' }),
    error: 'form',
  },
  // Its secret is on the page, this once.
  {
    name: 'admin-client-made',
    go: (walk) =>
      walk.fill({
        id: `reports-${walk.lang}`,
        redirectURIs: 'https://reports.example/a/long/way/to/callback',
      }),
  },
  { name: 'admin-client', go: (walk) => walk.to(`/admin/oauthclients/reports-${walk.lang}`) },
  at('admin-keys', '/admin/signingkeys'),
  { name: 'admin-key', go: (walk) => walk.press('tbody a') },
  at('admin-user-gone', '/admin/users/nobody', { error: 'form' }),
  at('admin-policy', '/admin/policy'),
  at('admin-policy-found', '/admin/policy?find=developers'),
  at('admin-findings', '/admin/policy/findings'),
  at('admin-events', '/admin/events?result=success'),
  { name: 'sign-on', go: (walk) => walk.toApp('kubectl') },
  {
    name: 'sign-out',
    async go(walk) {
      await walk.page.click('button.primary');
      walk.notes.set('token', (await walk.app.tokens).id_token ?? '');
      await cameBack(walk.page, walk.app);
      await walk.to('/logout');
    },
  },
];

export const amy = ({ lang }: Walk) => `amy-${lang}`;

async function makeAmy(walk: Walk): Promise<void> {
  await walk.to('/admin/users');
  await walk.fill({ email: `${amy(walk)}@example.com`, name: 'Amy', preferredUsername: amy(walk) });
  await walk.page.getByRole('status').waitFor();
}

async function resetAmy({ page, notes, press }: Walk): Promise<void> {
  notes.set('amy', new URL(page.url()).pathname.split('/').at(-1) ?? '');
  const form = 'details:has(input[value=reset])';
  await page.locator(`${form} summary`).click();
  await press(`${form} button`);
  notes.set('reset', (await page.locator('pre').first().textContent()) ?? '');
}

/** As kubectl would, with the token that the administrator has got. */
async function demandNewPassword({ gateway, notes }: Walk): Promise<void> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const { statusCode, body } = await request(
    `${gateway}/apis/sallyport.dev/v1/users/${notes.get('amy')}/password`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${notes.get('token')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ spec: { password: PASSWORD, mustChange: true } }),
      dispatcher,
    },
  );
  if (statusCode !== 201) throw new Error(await body.text());
  await dispatcher.close();
}

/** Whose password is here, and is replaced. */
const AMYS: readonly Row[] = [
  {
    name: 'password-saved',
    async go(walk) {
      await walk.leave();
      await walk.to('/reset');
      await walk.fill({ code: walk.notes.get('reset') ?? '', 'new-password': PASSWORD, again: PASSWORD });
    },
  },
  {
    name: 'password',
    async go(walk) {
      await walk.to('/account/password');
      await walk.signIn(amy(walk), PASSWORD);
    },
    script: true,
  },
  {
    name: 'password-wrong',
    go: (walk) => walk.fill({ password: 'wrong', 'new-password': NEXT_PASSWORD, again: NEXT_PASSWORD }),
    error: 'form',
    script: true,
  },
  at('account-own', '/account'),
  {
    name: 'must-change',
    async go(walk) {
      await demandNewPassword(walk);
      await walk.leave();
      await walk.toApp('wiki');
      await walk.signIn(amy(walk), PASSWORD);
    },
    script: true,
  },
  {
    name: 'must-change-wrong',
    go: (walk) => walk.fill({ password: PASSWORD, 'new-password': 'one horse battery', again: 'another' }),
    error: 'form',
    script: true,
  },
  {
    name: 'changed',
    async go(walk) {
      await walk.fill({ password: PASSWORD, 'new-password': NEXT_PASSWORD, again: NEXT_PASSWORD });
    },
  },
];

/** The pages of people who are signed in, by who sees them. Each part goes on where the one before has ended. */
export const PORTAL = {
  'who has the rights of her groups': JANES,
  'who looks around': ADMINS,
  'who manages people': PEOPLE,
  'who manages the rest': REST,
  'who gets a password': AMYS,
} as const;
