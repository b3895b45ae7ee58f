import { passedOn } from './passed-on.ts';

export const requestCommand = passedOn(['requests', 'create'], {
  summary: 'Ask for a role for a while',
  description:
    'What "sallyport requests create" does in the current context, with its flags: somebody else has to approve, and the access ends by itself.',
  examples: [
    [
      'To work in the namespace team-a for two hours, once somebody has approved',
      'request edit -n team-a --for 2h --reason "the shop is down" --wait',
    ],
  ],
});

export const requestsCommand = passedOn(['requests'], {
  summary: 'List requests for access, approve, deny and revoke them',
  description: 'What "sallyport requests" does in the current context, with its verbs and flags.',
  examples: [
    ['What waits for a decision?', 'requests list -A'],
    ['Let it be', 'requests approve edit-x7k2p -n team-a'],
  ],
});
