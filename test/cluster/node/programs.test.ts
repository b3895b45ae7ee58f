import { describe, expect, it } from 'vitest';
import { createWorld, runCommand } from './support/run-command.ts';

describe('the simulated programs', () => {
  it.each([
    [['id'], 'uid=0(root) gid=0(root) groups=0(root)\n'],
    [['hostname'], 'world\n'],
    [['/bin/pwd'], '/\n'],
    [['date', '+%F %T'], '2026-11-24 12:34:56\n'],
    [['date'], 'Tue Nov 24 12:34:56 UTC 2026\n'],
    [['env', 'A=1', 'sh', '-c', 'echo $A'], '1\n'],
    [['cat', '/etc/hostname'], 'world\n'],
    [['ls', '/etc'], 'hostname\nhosts\nos-release\npasswd\nresolv.conf\n'],
    [['cat', '/var/run/secrets/kubernetes.io/serviceaccount/namespace'], 'default'],
    [['tail', '-c+3', '/etc/hostname'], 'rld\n'],
    [['head', '-c', '3', '/etc/hostname'], 'wor'],
    [['uname'], 'Linux\n'],
    [['test', '-f', '/etc/hostname'], ''],
    [['[', '2', '-gt', '1', ']'], ''],
  ])('%j', async (command, stdout) => {
    expect(await runCommand(command)).toEqual({ code: 0, stdout, stderr: '' });
  });

  it.each([
    [['cat', '/nope'], 1, 'cat: /nope: No such file or directory\n'],
    [['cat', '/etc'], 1, 'cat: /etc: Is a directory\n'],
    [['ls', '/nope'], 1, 'ls: /nope: No such file or directory\n'],
    [['mkdir', '/etc'], 1, 'mkdir: /etc: File exists\n'],
    [['mkdir', '/a/b'], 1, 'mkdir: /a/b: No such file or directory\n'],
    [['rm', '/etc'], 1, 'rm: /etc: Is a directory\n'],
    [['test', '-d', '/nope'], 1, ''],
    [['sleep', 'long'], 1, "sleep: invalid number 'long'\n"],
    [['env', 'nope'], 127, 'env: nope: No such file or directory\n'],
    [['tty'], 1, ''],
    [['stty', 'size'], 1, 'stty: standard input: Inappropriate ioctl for device\n'],
  ])('%j fails', async (command, code, stderr) => {
    expect(await runCommand(command)).toMatchObject({ code, stderr });
  });

  it('keep no token of a service account', async () => {
    const listed = await runCommand(['ls', '/var/run/secrets/kubernetes.io/serviceaccount']);
    expect(listed.stdout).toBe('ca.crt\nnamespace\n');
  });

  it('run out of disk in the words of the C library, and get it back', async () => {
    const world = createWorld(100_000);
    const fill = ['sh', '-c', 'head -c 200000 /dev/zero > /tmp/full'];
    expect(await runCommand(fill, { world })).toMatchObject({
      code: 1,
      stderr: 'head: write error: No space left on device\n',
    });
    const again = ['sh', '-c', 'rm /tmp/full; head -c 50000 /dev/zero > /tmp/less; wc -c /tmp/less'];
    expect(await runCommand(again, { world })).toMatchObject({ code: 0, stdout: '50000\n' });
  });
});
