import { type Command, exitCode, UsageError } from '../command.ts';
import { switchValue } from '../command-values.ts';
import { chooseOutput, outputOptions, renderResult } from '../output/index.ts';
import { manifestOptions, serverOptions } from '../policy-source/index.ts';
import { answerCanConnect } from './can-connect.ts';
import { openNetwork } from './open-network.ts';

const { output: outputOption } = outputOptions();

export const netpolCommand: Command = {
  name: 'netpol',
  summary: 'Tell whether NetworkPolicies let one pod connect to another, and why',
  usage: 'netpol can-connect FROM TO [--port PORT]...',
  description: `FROM and TO are POD, TYPE/NAME (such as deployment/web: its pods), NAMESPACE/POD, NAMESPACE/TYPE/NAME, or an IP
address outside of the cluster. Exit code 0 for yes, 1 for no. The answer is that of the API's rules: what a network plugin
does beside them, nobody here knows.`,
  examples: [
    {
      comment: 'May the frontend talk to the database?',
      line: 'sallyport netpol can-connect deployment/frontend backend/statefulset/db --port 5432',
    },
    {
      comment: 'Ask manifests that are not applied yet',
      line: 'sallyport netpol can-connect web db --port 53/UDP -f k8s/ -R',
    },
    { comment: 'May anybody outside reach it?', line: 'sallyport netpol can-connect 203.0.113.7 web' },
  ],
  options: {
    port: {
      type: 'string',
      multiple: true,
      value: 'PORT',
      description:
        'NUMBER[/TCP|UDP|SCTP] or a name; may be repeated (default: what TO declares, else every TCP port)',
    },
    namespace: {
      type: 'string',
      short: 'n',
      value: 'NAME',
      description: "Namespace of names without one (default: the context's, else default)",
    },
    ...manifestOptions,
    filename: {
      ...manifestOptions.filename,
      description:
        'Ask these manifests (- is standard input); with --kubeconfig or --context, as if applied there',
    },
    ...serverOptions,
    quiet: { type: 'boolean', short: 'q', description: 'Print nothing; the exit code is the answer' },
    ...(outputOption && { output: outputOption }),
  },
  words: { least: 3, most: 3, first: ['can-connect'] },
  async run(values, host, [verb = '', ...ends]) {
    if (verb !== 'can-connect') throw new UsageError(`unknown verb "${verb}"; there is can-connect`);
    const output = chooseOutput(values);
    const network = await openNetwork(values, host);
    try {
      const { allowed, result } = await answerCanConnect(network, ends, values, host);
      if (!switchValue(values, 'quiet')) host.stdout.write(renderResult(result, output));
      return allowed ? exitCode.ok : exitCode.failure;
    } finally {
      await network.close();
    }
  },
};
