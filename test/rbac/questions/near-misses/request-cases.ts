import { resourceRequest, user } from '../../attributes.ts';
import { dev, jane, janesRole, type NearMissCase } from './support.ts';

export const requestCases: readonly NearMissCase[] = [
  {
    title: 'a method that Kubernetes has no verb for',
    objects: janesRole('get pods'),
    request: resourceRequest(jane, '', 'pods', dev),
    kind: 'emptyVerb',
    message:
      'The request has no verb, because Kubernetes has none for its HTTP method: only a rule with verb * allows it.',
    remedyText: 'Send it with GET, HEAD, POST, PUT, PATCH or DELETE.',
  },
  {
    title: 'no credentials',
    objects: janesRole('get pods'),
    request: resourceRequest(user('system:anonymous', 'system:unauthenticated'), 'get', 'pods', dev),
    kind: 'anonymous',
    message: 'The request is anonymous: it came as User "system:anonymous", without credentials.',
    remedyText: 'Log in, and send the token with the request.',
  },
  {
    title: 'nothing at all',
    objects: [],
    request: resourceRequest(jane, 'get', 'pods', { ...dev, subresource: 'log', name: 'web' }),
    kind: 'nothingNear',
    message:
      'No rule, role or binding was found that comes near to allowing get pods/log "web" in namespace "dev".',
    remedyText: 'Grant what was asked for.',
  },
];
