import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTarReader, TarError } from '../../../src/cluster/node/tar/read-tar.ts';
import type { TarMember } from '../../../src/cluster/node/tar/tar-header.ts';
import { tarEnd, tarHeader, tarPadding } from '../../../src/cluster/node/tar/write-tar.ts';
import { cut } from '../streaming/support/cut.ts';
import { createWorld, runCommand } from './support/run-command.ts';

interface Held extends TarMember {
  readonly content: Buffer;
}

const segment = fc.stringMatching(/^[a-zA-Z0-9 äé_-]{1,60}$/);
const member: fc.Arbitrary<Held> = fc
  .record({
    path: fc.array(segment, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('/')),
    content: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
    mode: fc.integer({ min: 0, max: 0o777 }),
    modifiedAt: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000),
  })
  .map((held) => ({ ...held, kind: 'file', size: held.content.length }));

function write(members: readonly Held[]): Buffer {
  return Buffer.concat([
    ...members.flatMap((each) => [tarHeader(each), each.content, tarPadding(each.size)]),
    tarEnd,
  ]);
}

function read(pieces: readonly Buffer[]): Held[] {
  const members: (TarMember & { parts: Buffer[] })[] = [];
  const reader = createTarReader({
    member(each) {
      const parts: Buffer[] = [];
      members.push({ ...each, parts });
      return (data) => void parts.push(Buffer.from(data));
    },
  });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return members.map(({ parts, ...each }) => ({ ...each, content: Buffer.concat(parts) }));
}

describe('tar archives', () => {
  it('are read as they were written, wherever they are cut', () => {
    fc.assert(
      fc.property(fc.array(member, { maxLength: 6 }), fc.array(fc.nat()), (members, cuts) => {
        expect(read(cut(write(members), cuts))).toEqual(members);
      }),
    );
  });

  it('are refused, and nothing else is thrown, when they are none', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 })), (pieces) => {
        try {
          read(pieces.map((piece) => Buffer.from(piece)));
        } catch (error) {
          expect(error).toBeInstanceOf(TarError);
        }
      }),
    );
    expect(() => read([Buffer.alloc(600, 'x')])).toThrow('This does not look like a tar archive');
    const one = write([
      { path: 'a', kind: 'file', size: 9, mode: 0, modifiedAt: 0, content: Buffer.alloc(9) },
    ]);
    expect(() => read([one.subarray(0, 515)])).toThrow('Unexpected EOF in archive');
  });
});

describe('the simulated tar', () => {
  it('packs a tree and unpacks it elsewhere', async () => {
    const world = createWorld();
    await runCommand(['sh', '-c', 'mkdir -p /src/deep; echo one > /src/a; echo two > /src/deep/b'], {
      world,
    });
    const packed = await runCommand(['tar', 'cf', '-', '/src'], { world });
    expect(packed).toMatchObject({ code: 0, stderr: "tar: Removing leading `/' from member names\n" });
    await runCommand(['mkdir', '/dst'], { world });
    const unpacked = await runCommand(['tar', '-xmf', '-', '-C', '/dst'], { world, stdin: packed.output });
    expect(unpacked).toEqual({ code: 0, stdout: '', stderr: '' });
    const seen = await runCommand(['sh', '-c', 'cat /dst/src/a /dst/src/deep/b'], { world });
    expect(seen.stdout).toBe('one\ntwo\n');
    const listed = await runCommand(['tar', 'tf', '-'], { world, stdin: packed.output });
    expect(listed.stdout).toBe('src/\nsrc/a\nsrc/deep/\nsrc/deep/b\n');
  });

  it('lets no name out of its directory', async () => {
    const world = createWorld();
    const content = Buffer.from('evil');
    const archive = write([
      { path: '../../etc/hostname', kind: 'file', size: 4, mode: 0o644, modifiedAt: 0, content },
      { path: '/etc/hosts', kind: 'file', size: 4, mode: 0o644, modifiedAt: 0, content },
    ]);
    expect((await runCommand(['tar', 'xf', '-', '-C', '/tmp'], { world, stdin: archive })).code).toBe(0);
    const seen = await runCommand(['cat', '/etc/hostname', '/tmp/etc/hostname', '/tmp/etc/hosts'], { world });
    expect(seen.stdout).toBe('world\nevilevil');
  });

  it('says when the disk is full', async () => {
    const content = Buffer.alloc(100_000);
    const archive = write([{ path: 'big', kind: 'file', size: 100_000, mode: 0, modifiedAt: 0, content }]);
    const ran = await runCommand(['tar', 'xf', '-', '-C', '/tmp'], {
      world: createWorld(50_000),
      stdin: archive,
    });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('No space left on device');
  });

  it.each([
    [['tar', 'cf', '-', '/nope'], 2, 'tar: /nope: Cannot stat: No such file or directory'],
    [['tar', 'xzf', '-'], 2, 'tar: option -z is not simulated'],
    [['tar'], 2, "tar: You must specify one of the '-ctx' options"],
    [['tar', 'xf', '-', '-C', '/nope'], 2, 'tar: /nope: Cannot open: No such file or directory'],
  ])('refuses %j', async (command, code, problem) => {
    const ran = await runCommand(command);
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(problem);
  });
});
