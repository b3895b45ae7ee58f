import { describe, expect, it } from 'vitest';
import { allowsName, allowsPath, allowsResource, allowsVerb, compileRule } from '../../src/rbac/rule.ts';

describe('verbs of a rule', () => {
  it.each([
    [['get'], 'get', true],
    [['get'], 'Get', false],
    [['get'], 'list', false],
    [['*'], 'anything', true],
    [['*'], '', true],
    [['get'], '', false],
    [[''], '', true],
    [[], 'get', false],
    [['g*'], 'get', false],
  ])('%j against %j: %s', (verbs, verb, allowed) => {
    expect(allowsVerb(compileRule({ verbs }), verb)).toBe(allowed);
  });
});

describe('resources of a rule', () => {
  it.each([
    [[''], ['pods'], '', 'pods', '', true],
    [[''], ['pods'], 'apps', 'pods', '', false],
    [['*'], ['pods'], 'apps', 'pods', '', true],
    [[], ['pods'], '', 'pods', '', false],
    [['Apps'], ['deployments'], 'apps', 'deployments', '', false],
    [[''], ['pods'], '', 'pods', 'log', false],
    [[''], ['pods/log'], '', 'pods', 'log', true],
    [[''], ['pods/log'], '', 'pods', '', false],
    [[''], ['*'], '', 'pods', 'log', true],
    [[''], ['*/log'], '', 'pods', 'log', true],
    [[''], ['*/log'], '', 'pods', '', false],
    [[''], ['*/log'], '', 'pods', 'log/x', false],
    [[''], ['*/log/x'], '', 'pods', 'log/x', true],
    [[''], ['*/log'], '', 'pods/log', '', false],
    [[''], ['pods/log'], '', 'pods/log', '', true],
    [[''], ['pods/*'], '', 'pods', 'log', false],
    [[''], ['pod*'], '', 'pods', '', false],
    [[''], ['*/'], '', 'pods', '', false],
    [[''], ['*/*'], '', 'pods', 'log', false],
    [[''], [], '', 'pods', '', false],
  ])(
    'groups %j resources %j against group %j %s/%s: %s',
    (apiGroups, resources, group, resource, sub, allowed) => {
      expect(allowsResource(compileRule({ apiGroups, resources }), group, resource, sub)).toBe(allowed);
    },
  );
});

describe('resourceNames of a rule', () => {
  it.each([
    [[], 'x', true],
    [[], '', true],
    [['x'], 'x', true],
    [['x'], 'y', false],
    [['x'], '', false],
    [[''], '', true],
    [['*'], 'x', false],
    [['*'], '*', true],
  ])('%j against %j: %s', (resourceNames, name, allowed) => {
    expect(allowsName(compileRule({ resourceNames }), name)).toBe(allowed);
  });
});

describe('nonResourceURLs of a rule', () => {
  it.each([
    ['/healthz', '/healthz', true],
    ['/healthz', '/healthz/', false],
    ['*', '/anything', true],
    ['*', '', true],
    ['/foo/*', '/foo/bar', true],
    ['/foo/*', '/foo/', true],
    ['/foo/*', '/foo', false],
    ['/foo*', '/foobar', true],
    ['/foo**', '/foobar', true],
    ['/foo**', '/foo', true],
    ['/a/*/b', '/a/x/b', false],
    ['/a/*/b', '/a/*/b', true],
    ['/Foo', '/foo', false],
  ])('%s against %s: %s', (url, path, allowed) => {
    expect(allowsPath(compileRule({ nonResourceURLs: [url] }), path)).toBe(allowed);
  });
});
