import { createDeflate, createInflate, constants as zlib } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createHeaderReader,
  createHeaderWriter,
} from '../../../../src/cluster/streaming/spdy/header-block.ts';
import { headerDictionary } from '../../../../src/cluster/streaming/spdy/header-dictionary.ts';
import { SpdyProtocolError } from '../../../../src/cluster/streaming/spdy/protocol-error.ts';

const headers = fc
  .dictionary(fc.stringMatching(/^[a-z-]{1,20}$/), fc.string())
  .map((all) => new Map(Object.entries(all)));

/** A header block as other clients pack it: with one compression for the whole connection. */
function createPacker() {
  const deflate = createDeflate({ dictionary: headerDictionary, flush: zlib.Z_SYNC_FLUSH });
  return (plain: Buffer) =>
    new Promise<Buffer>((resolve) => {
      deflate.write(plain, () => {
        resolve(deflate.read() as Buffer);
      });
    });
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

describe('header blocks', () => {
  it('have the dictionary of the standard', async () => {
    expect(headerDictionary.length).toBe(1423);
    const packed = await createPacker()(uint32(0));
    expect(packed.subarray(2, 6).toString('hex')).toBe('e3c6a7c2');
  });

  it('are read as they were written, one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(headers, { maxLength: 5 }), async (blocks) => {
        const reader = createHeaderReader();
        const write = createHeaderWriter();
        for (const block of blocks) expect(await reader.read(write(block))).toEqual(block);
        reader.close();
      }),
      { numRuns: 50 },
    );
  });

  it('can be unpacked as soon as they are there, by zlib', async () => {
    const write = createHeaderWriter();
    const inflate = createInflate({ dictionary: headerDictionary });
    for (const value of ['one', 'two']) {
      const unpacked = new Promise<Buffer>((resolve) => inflate.once('data', resolve));
      inflate.write(write(new Map([['name', value]])));
      expect((await unpacked).toString('latin1')).toContain(value);
    }
  });

  it('are read when another compressor has packed them', async () => {
    const pack = createPacker();
    const reader = createHeaderReader();
    for (const type of ['error', 'stdout', 'stderr']) {
      const plain = Buffer.concat([
        uint32(1),
        uint32(10),
        Buffer.from('Streamtype'),
        uint32(type.length),
        Buffer.from(type),
      ]);
      expect(await reader.read(await pack(plain))).toEqual(new Map([['streamtype', type]]));
    }
    reader.close();
  });

  it('are refused when they unpack to too much', async () => {
    const reader = createHeaderReader();
    const bomb = await createPacker()(Buffer.alloc(10_000_000));
    await expect(reader.read(bomb)).rejects.toThrow(SpdyProtocolError);
    await expect(reader.read(bomb)).rejects.toThrow(SpdyProtocolError);
  });

  it('are refused when they are anything else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 100 }), async (bytes) => {
        const reader = createHeaderReader();
        const failure = await reader.read(Buffer.from(bytes)).catch((error: unknown) => error);
        expect(failure instanceof SpdyProtocolError || failure instanceof Map).toBe(true);
        reader.close();
      }),
      { numRuns: 100 },
    );
  });
});
