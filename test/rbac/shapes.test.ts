import { describe, expect, it } from 'vitest';
import { compileRule } from '../../src/rbac/rule.ts';
import { createShapes } from '../../src/rbac/shapes.ts';
import { resourceRequest, user } from './attributes.ts';

function shapesOf(verbs: string[], resources: string[], max?: number) {
  const shapes = createShapes(max);
  shapes.learn(compileRule({ verbs, apiGroups: [''], resources }));
  const idOf = (verb: string, resource: string, subresource = '', apiGroup = '') =>
    shapes.idOf(resourceRequest(user('x'), verb, resource, { subresource, apiGroup }));
  return { shapes, idOf };
}

describe('request shapes', () => {
  it('tell apart what some rule tells apart', () => {
    const { idOf } = shapesOf(['get', 'list'], ['pods', 'pods/log', '*/scale']);
    const ids = [
      idOf('get', 'pods'),
      idOf('list', 'pods'),
      idOf('x', 'pods'),
      idOf('get', 'pods', '', 'apps'),
      idOf('get', 'pods', 'log'),
      idOf('get', 'pods/log'),
      idOf('get', 'pods', 'scale'),
      idOf('get', '*/scale'),
      idOf('get', 'x'),
      idOf('get', 'x', 'y'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are one for all words that no rule knows, so that inventing them takes no memory', () => {
    const { idOf } = shapesOf(['get'], ['pods', '*/scale']);
    expect(idOf('get', 'a')).toBe(idOf('get', 'b'));
    expect(idOf('x', 'pods')).toBe(idOf('y', 'pods'));
    expect(idOf('get', 'a', 'scale')).toBe(idOf('get', 'b', 'scale'));
    expect(idOf('get', 'a', 'x')).toBe(idOf('get', 'b', 'y'));
    expect(idOf('get', 'pods', '', 'g')).toBe(idOf('get', 'pods', '', 'h'));
  });

  it('are forgotten all at once when there are too many', () => {
    const { shapes, idOf } = shapesOf(['a', 'b', 'c', 'd', 'e'], ['r'], 4);
    expect(['a', 'b', 'c', 'd'].map((verb) => idOf(verb, 'r'))).toEqual([0, 1, 2, 3]);
    expect(idOf('b', 'r')).toBe(1);
    expect(shapes.epoch).toBe(0);
    expect(idOf('e', 'r')).toBe(0);
    expect(shapes.epoch).toBe(1);
    expect(idOf('a', 'r')).toBe(1);
  });
});
