import { describe, expect, it } from 'vitest';
import { errors } from './support.ts';

const spec = {
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '2Gi' } },
  storageClassName: 'a',
};
const sized = (storage: string) => ({ ...spec, resources: { requests: { storage } } });
const bound = { phase: 'Bound', capacity: { storage: '2Gi' } };
const path = '/v1/persistentvolumeclaims';
const fixed = expect.stringContaining(
  'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n@@',
);

describe('claims', () => {
  it.each([
    [
      { ...spec, accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'] },
      ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'],
    ],
    [
      { ...spec, accessModes: ['Often'] },
      [
        expect.stringMatching(
          /Unsupported value: "Often": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"$/,
        ),
      ],
    ],
    [sized('0'), ['spec.resources[storage]: Invalid value: "0": must be greater than zero']],
  ])('%#: %j', (given, expected) => {
    expect(errors(path, { spec: given })).toEqual(expected);
  });

  it.each([
    ['grow when they are bound', sized('3Gi'), bound, []],
    ['do not grow before', sized('3Gi'), { phase: 'Pending' }, [fixed]],
    [
      'do not shrink',
      sized('1Gi'),
      bound,
      ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'],
    ],
    ['keep their class', { ...spec, storageClassName: 'b' }, bound, [fixed]],
    ['may be bound', { ...spec, volumeName: 'v' }, { phase: 'Pending' }, []],
  ])('%s', (_name, given, status, expected) => {
    expect(errors(path, { spec: given, status }, { spec, status })).toEqual(expected);
  });
});
