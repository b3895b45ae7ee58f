import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLUSTER_LABEL, labelItems } from '../../../src/gateway/scatter/label-items.ts';

const label = (items: string, within: 'items' | 'rows' = 'items') =>
  labelItems(Buffer.from(items), within, 'north').toString();

describe('the label of the cluster', () => {
  it.each([
    ['{"metadata":{"name":"a"}}', '{"metadata":{"labels":{"sallyport.dev/cluster":"north"},"name":"a"}}'],
    ['{"metadata":{}}', '{"metadata":{"labels":{"sallyport.dev/cluster":"north"}}}'],
    ['{"metadata":null}', '{"metadata":{"labels":{"sallyport.dev/cluster":"north"}}}'],
    ['{}', '{"metadata":{"labels":{"sallyport.dev/cluster":"north"}}}'],
    [
      '{"metadata":{"labels":null,"name":"a"}}',
      '{"metadata":{"labels":{"sallyport.dev/cluster":"north"},"name":"a"}}',
    ],
    [
      '{ "metadata" : { "labels" : { "a" : "b" } } , "n" : 1.0 }',
      '{ "metadata" : { "labels" : {"sallyport.dev/cluster":"north", "a" : "b" } } , "n" : 1.0 }',
    ],
    // Believed by who reads it, so an object cannot bring its own.
    [
      String.raw`{"metadata":{"labels":{"sallyport.dev\/cluster":"prod","z":"z"}}}`,
      String.raw`{"metadata":{"labels":{"sallyport.dev\/cluster":"north","z":"z"}}}`,
    ],
    [
      '{"metadata":{"labels":{"sallyport.dev/cluster":"x"}},"metadata":{"name":"b"}}',
      '{"metadata":{"labels":{"sallyport.dev/cluster":"north"}},"metadata":{"labels":{"sallyport.dev/cluster":"north"},"name":"b"}}',
    ],
    ['', ''],
  ])('%s', (given, expected) => {
    expect(label(given)).toBe(expected);
  });

  it.each([
    [
      '{"cells":["metadata"],"object":{"metadata":{"name":"a"}}}',
      '{"cells":["metadata"],"object":{"metadata":{"labels":{"sallyport.dev/cluster":"north"},"name":"a"}}}',
    ],
    // includeObject=None
    ['{"cells":[1],"object":null}', '{"cells":[1],"object":null}'],
    ['{"cells":[1]}', '{"cells":[1]}'],
  ])('in a row of a Table: %s', (given, expected) => {
    expect(label(given, 'rows')).toBe(expected);
  });

  it.each(['{', '[]', '1', '{"metadata":{"labels":{"a"}}}', '{} {}'])('is not put into %s', (given) => {
    expect(() => label(given)).toThrow(SyntaxError);
  });

  it('is all that changes', () => {
    const labels = fc.option(fc.dictionary(fc.oneof(fc.string(), fc.constant(CLUSTER_LABEL)), fc.string()), {
      nil: undefined,
    });
    const object = fc.record({
      spec: fc.jsonValue(),
      metadata: fc.record({ name: fc.string(), labels, annotations: fc.jsonValue() }),
      status: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.array(object), fc.boolean(), (objects, pretty) => {
        const text = JSON.stringify(objects, null, pretty ? 2 : 0).slice(1, -1);
        const expected = objects.map(({ metadata, ...rest }) => ({
          ...rest,
          metadata: { ...metadata, labels: { ...metadata.labels, [CLUSTER_LABEL]: 'north' } },
        }));
        expect(JSON.parse(`[${label(text)}]`)).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
    );
  });
});
