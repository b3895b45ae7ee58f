import { switchValue } from '../command-values.ts';
import { printDone, printObjects } from './print-objects.ts';
import { verbCommand } from './verb-command.ts';
import type { VerbCall, Verbs } from './verbs.ts';

/** After a crash, another process has to become the leader first. */
const ROTATION_TIMEOUT_MS = 120_000;
const SAY_EVERY_MS = 5_000;

const verbs: Verbs = {
  list: {
    operands: '',
    least: 0,
    most: 0,
    summary: 'The keys that ID tokens are verified with',
    run: (call) => printObjects(call, 'signingkeys', (form) => call.admin.list('signingkeys', form)),
  },
  rotate: {
    operands: '',
    least: 0,
    most: 0,
    summary: 'Signs with a new key from now on',
    timeoutMs: ROTATION_TIMEOUT_MS,
    run: rotate,
  },
};

export const keysCommand = verbCommand(verbs, {
  name: 'keys',
  summary: 'List the signing keys, and replace them at once',
  usage: 'keys VERB [flags]',
  description: `Keys rotate by themselves, and are published before they sign. This is for emergencies: verifiers that keep the key set and do not
look again for an unknown key refuse new tokens for a while. With --revoke, whoever is signed in has to sign in again.`,
  examples: [
    { comment: 'Which key signs, and until when?', line: 'sallyport keys list' },
    { comment: 'Somebody may have got hold of the storage', line: 'sallyport keys rotate --revoke' },
  ],
  options: {
    revoke: {
      type: 'boolean',
      description: 'rotate: the keys there were verify nothing any more, and every session ends',
    },
  },
});

async function rotate(call: VerbCall): Promise<void> {
  const { admin, values, host } = call;
  const began = performance.now();
  const say = () => {
    const seconds = Math.round((performance.now() - began) / 1000);
    host.stderr.write(`waiting for the process that leads (${seconds}s; after a crash up to 45s)\n`);
  };
  const saying = setInterval(say, SAY_EVERY_MS);
  try {
    const rotation = await admin.create('keyrotations', {
      apiVersion: 'sallyport.dev/v1',
      kind: 'KeyRotation',
      spec: { revoke: switchValue(values, 'revoke') },
    });
    printDone(call, 'signingkeys', rotation, 'signs now');
  } finally {
    clearInterval(saying);
  }
}
