import { passedOn } from './passed-on.ts';

// The engine is the other program's.

export const canICommand = passedOn(['can-i'], {
  summary: 'Check whether you may do something',
  description:
    'What "sallyport can-i" says of the current context, with its flags and exit codes: 0 for yes, 1 for no.',
  examples: [
    ['May I list pods in the namespace dev?', 'can-i list pods -n dev'],
    ['All that I may do there', 'can-i --list -n dev'],
  ],
});

export const whyCommand = passedOn(['can-i', '--why'], {
  summary: 'Say why you may do something, or why not and what would mend it',
  description:
    'The binding, role and rule that allow it, or the nearest misses: "sallyport can-i --why" of the current context.',
  examples: [['Why may I not delete pods?', 'why delete pods -n dev']],
});

export const whoCanCommand = passedOn(['who-can'], {
  summary: 'List who may do something',
  description:
    'What "sallyport who-can" says of the current context. Needs the right to read roles and bindings.',
  examples: [['Who may read secrets in the namespace dev?', 'who-can get secrets -n dev']],
});
