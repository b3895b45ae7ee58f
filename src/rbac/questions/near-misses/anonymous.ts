import type { Finder } from './near-miss.ts';

const ANONYMOUS = 'system:anonymous';

/** No credentials came with the request: whoever has some should log in, not give rights to everybody. */
export const findAnonymous: Finder = function* ({ attributes }) {
  if (attributes.user.username === ANONYMOUS) {
    yield {
      message: `The request is anonymous: it came as User "${ANONYMOUS}", without credentials.`,
      remedyText: 'Log in, and send the token with the request.',
      noGrantHelps: true,
    };
  }
};
