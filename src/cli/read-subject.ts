import type { WhatCanSubject } from '../rbac/index.ts';
import { UsageError } from './command.ts';

/** `user:jane`, `group:dev`, `sa:ns/name`, or a user's bare name (which may have colons of its own). */
export function readSubject(text: string): WhatCanSubject {
  const [, prefix, rest = ''] = /^(user|group|sa|serviceaccount):(.*)$/s.exec(text) ?? [];
  switch (prefix) {
    case undefined:
      return { kind: 'User', name: text };
    case 'user':
      return { kind: 'User', name: rest };
    case 'group':
      return { kind: 'Group', name: rest };
    default: {
      const [namespace = '', name = '', ...more] = rest.split('/');
      if (namespace === '' || name === '' || more.length > 0) {
        throw new UsageError(`a service account is named sa:NAMESPACE/NAME, not "${text}"`);
      }
      return { kind: 'ServiceAccount', namespace, name };
    }
  }
}
