import { describe, expect, it } from 'vitest';
import { compileRule } from '../../src/rbac/rule.ts';
import { createShapes } from '../../src/rbac/shapes.ts';
import { resourceRequest, user } from './attributes.ts';

function shapesOf(verbs: string[], resources: string[]) {
  const shapes = createShapes();
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

  it('have no number for a subresource with a slash: the same word may be cut in two ways', () => {
    const { idOf } = shapesOf(['get'], ['pods/log/x', '*/x', '*/log/x']);
    expect(idOf('get', 'pods', 'log/x')).toBeUndefined();
    expect(idOf('get', 'pods/log', 'x')).not.toBeUndefined();
  });

  it('have no number when there are more of them than numbers that are exact', () => {
    const words = Array.from({ length: 210_000 }, (_, index) => `w${index}`);
    const shapes = createShapes();
    const idOf = (word: string) =>
      shapes.idOf(resourceRequest(user('x'), word, word, { apiGroup: word, subresource: '' }));
    shapes.learn(compileRule({ verbs: words, apiGroups: words, resources: words }));
    expect(idOf('w1')).not.toBe(idOf('w2'));
    expect(idOf('w209999')).toBeUndefined();
  });
});
