import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { folder } from './support/folder.ts';
import { COMPANY } from './support/manifests.ts';
import { type } from './support/run.ts';

function ask(line: string) {
  return type(`can-i ${line} -f ${join(folder({ 'rbac.yaml': COMPANY }), 'rbac.yaml')}`);
}

describe('can-i on manifests', () => {
  it.each([
    ['get pods --as jane', 'yes', ''],
    ['get po/web --as jane', 'yes', ''],
    ['get pods -n default --as jane', 'yes', ''],
    ['get pods -n dev --as jane', 'no', ''],
    ['get pods -A --as jane', 'no', ''],
    ['delete pods --as jane', 'no', ''],
    ['get configmaps --as jane', 'no', ''],
    ['get cm/colours --as jane', 'yes', ''],
    ['get pods --as Jane', 'no', ''],
    ['create deploy.apps -n dev --as x --as-group developers', 'yes', ''],
    ['create deploy -n dev --as x', 'no', ''],
    ['create pods --subresource exec -n dev --as x --as-group developers', 'yes', ''],
    ['get /healthz --as x', 'yes', ''],
    ['get /metrics --as x', 'no', ''],
    ['get /metrics --as system:serviceaccount:ops:job', 'yes', ''],
    ['* * --as system:serviceaccount:ops:job', 'yes', ''],
    ['get /healthz --as system:anonymous', 'yes', ''],
    ['get /api --as system:anonymous', 'no', ''],
    ['get nodes --as jane', 'no', "Warning: resource 'nodes' is not namespace scoped\n"],
    [
      'get sc --as jane',
      'no',
      "Warning: resource 'storageclasses' is not namespace scoped in group 'storage.k8s.io'\n",
    ],
    ['frob pods --as jane', 'no', "Warning: verb 'frob' is not a known verb\n"],
    ['impersonate users/x --as jane', 'no', ''],
    ['frob /x --as jane', 'no', "Warning: verb 'frob' is not a known verb\n"],
    [
      'get widgets.example.com --as jane',
      'no',
      "Warning: 'widgets' in group 'example.com' is no resource of a standard cluster; the answer is about exactly this name\n",
    ],
    [
      'get pods/log --as jane',
      'yes',
      "Warning: this is about an object called 'log'; the subresource is pods --subresource=log\n",
    ],
  ])('%s: %s', async (line, answer, warnings) => {
    expect(await ask(line)).toEqual({
      stdout: `${answer}\n`,
      stderr: warnings,
      code: answer === 'yes' ? 0 : 1,
    });
  });

  it('counts the groups that a service account is in', async () => {
    const { stdout } = await ask('get /api --as system:serviceaccount:ops:job -o json');
    expect(JSON.parse(stdout)).toEqual({
      apiVersion: 'sallyport.dev/v1alpha1',
      kind: 'CanIResult',
      user: {
        username: 'system:serviceaccount:ops:job',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:ops', 'system:authenticated'],
      },
      request: { verb: 'get', path: '/api' },
      allowed: true,
      reason: expect.stringMatching(/^RBAC: allowed by ClusterRoleBinding/),
    });
  });

  it('prints nothing when it has to be quiet', async () => {
    expect(await ask('delete pods --as jane -q')).toEqual({ stdout: '', stderr: '', code: 1 });
  });

  it.each([
    ['get pods', 'manifests know no caller: say who asks, with --as USER and --as-group GROUP'],
    ['get', 'you must specify two arguments: verb resource or verb resource/resourceName.'],
    ['get pods --as-group x', '--as-group goes with --as USER'],
    ['get /x --subresource log --as jane', '--subresource can not be used with NonResourceURL'],
    ['get pods --list --as jane', 'list option must be specified with no arguments'],
    ['--list -A --as jane', '--list goes without --all-namespaces'],
  ])('"%s" is a usage error', async (line, message) => {
    const { stderr, code } = await ask(line);
    expect(stderr).toContain(`error: ${message}`);
    expect(code).toBe(2);
  });

  it('lists what is allowed in a namespace, each resource once', async () => {
    const { stdout, code } = await ask('--list --as jane');
    expect(stdout).toMatch(/^RESOURCES +NON-RESOURCE URLS +RESOURCE NAMES +VERBS$/m);
    expect(stdout).toMatch(/^pods +<none> +<none> +get,list,watch$/m);
    expect(stdout).toMatch(/^configmaps +<none> +colours +get$/m);
    expect(stdout).toMatch(/^<none> +\/healthz +<none> +get$/m);
    expect(code).toBe(0);
  });
});

describe('can-i --why', () => {
  it('names what allows', async () => {
    const { stdout } = await ask('create deploy -n dev --as x --as-group developers --why');
    expect(stdout).toMatch(
      /^yes\n\nAllowed by\n {2}binding {2}RoleBinding dev\/developers\n {2}subject {2}Group developers\n {2}role {5}ClusterRole edit\n {2}rule {5}\d+: .*deployments.* in apps\n$/,
    );
  });

  it('names what nearly allows, and what mends it', async () => {
    const { stdout, code } = await ask('delete pods --as jane --why');
    expect(stdout).toMatch(
      /^no\n\nWhat nearly allows it, nearest first:\n1\. .*"pod-reader".*\n {3}Remedy: .+\n/,
    );
    expect(code).toBe(1);
  });

  it('has objects in YAML that mend it when they are applied', async () => {
    const { stdout } = await ask('delete pods --as jane --why -o yaml');
    const { nearMisses } = parse(stdout).why;
    const remedy = nearMisses[0].remedy.map((object: object) => JSON.stringify(object)).join('\n---\n');
    const path = folder({ 'rbac.yaml': COMPANY, 'remedy.yaml': remedy });
    expect(await type(`can-i delete pods --as jane -f ${path}`)).toMatchObject({ stdout: 'yes\n' });
    expect(await type(`can-i delete secrets --as jane -f ${path}`)).toMatchObject({ stdout: 'no\n' });
  });

  it('says that no binding can refuse a superuser', async () => {
    const { stdout } = await ask('delete nodes --as root --as-group system:masters --why');
    expect(stdout).toBe('yes\n\nMembers of system:masters may do everything.\n');
  });

  it('does not let a name steer the terminal', async () => {
    const { stdout } = await ask('get pods --as j\u001b[31mane --why');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});
