const BY_ID: readonly (readonly [id: string, targets: readonly string[]])[] = [
  ['S-189', ['//evil/api/v1/pods', '//evil', '///api/v1/pods', '//localhost/api/v1/pods']],
  [
    'S-190',
    ['http://evil/api/v1/pods', 'https://localhost/api/v1/pods', 'http:/api/v1/pods', 'evil:443/api'],
  ],
  [
    'S-191',
    [
      '/api/v1/../v1/pods',
      '/api/v1/./pods',
      '/api/%2e%2e/api/v1/pods',
      '/api/.%2e/api',
      '/api/%2E./x',
      '/..',
      '/./api',
      '/api/..',
    ],
  ],
  [
    'S-192',
    [
      '/api%2fv1/pods',
      '/api%2Fv1',
      '/api%5cv1',
      '/api\\v1',
      '/api/v1\\..\\pods',
      '/healthz%2f..%2fapi',
      '/\\evil',
      '/api/v1/%5C',
    ],
  ],
  ['S-193', ['/api/v1/pods;x=1', '/healthz/..;/api/v1/secrets', '/healthz/..;p/api', '/api;/v1']],
  ['S-194', ['/api/v1/pods#x', '/healthz#/api', '/api/v1/secrets#/healthz', '/api?x#y']],
  [
    'S-196',
    [
      '/api/%c0%ae%c0%ae/x',
      '/api/%ff',
      '/api/%00',
      '/api/%',
      '/api/%4',
      '/api/%zz',
      '/api/%u002e',
      '/api/%e2%82',
    ],
  ],
  ['S-197', ['/api//v1/pods', '/api/v1//', '*', 'api/v1/pods', '/api/v1/namespaces//pods', '?x']],
  [
    'S-203',
    [
      '/clusters/other/../api',
      '/clusters/other%2fapi',
      '/clusters/other/%2e%2e/api',
      '/clusters//api/v1/pods',
    ],
  ],
];

/** Request targets that two parsers could read differently. */
export const AMBIGUOUS_TARGETS: readonly (readonly [id: string, target: string])[] = BY_ID.flatMap(
  ([id, targets]) => targets.map((target) => [id, target] as const),
);
