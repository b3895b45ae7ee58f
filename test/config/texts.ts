export const deps = { dataDir: '/data', env: { CLIENT_SECRET: 's3cret' } };

export const MINIMAL = `issuer: https://id.example.com
web: { http: 127.0.0.1:5556 }
`;

export const GATEWAY = `${MINIMAL}gateway:
  https: 127.0.0.1:8443
  authenticationConfig: a.yaml
`;
