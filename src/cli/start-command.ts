import { relative, resolve } from 'node:path';
import { createConfigSource } from '../config/index.ts';
import { createLog, gatherLines } from '../telemetry/index.ts';
import { type Command, exitCode } from './command.ts';
import { configFile, configOption, dataOption } from './config-option.ts';
import { renderBanner } from './start-banner.ts';

export const startCommand: Command = {
  name: 'start',
  summary: 'Start the identity provider, the gateway and the embedded Kubernetes API',
  usage: 'start --config FILE [--data DIR]',
  examples: [
    { comment: 'Start the demo', line: 'sallyport start --config config/demo.yaml' },
    {
      comment: 'Keep the state elsewhere',
      line: 'sallyport start --config my.yaml --data /var/lib/sallyport',
    },
  ],
  options: { config: configOption, data: dataOption },
  async run(values, host) {
    const dataDir = resolve(String(values['data']));
    const source = createConfigSource(configFile(values), { dataDir, env: host.env });
    const reloadConfig = () => source.read();
    const config = await reloadConfig();
    const stream = gatherLines((lines) => void host.stderr.write(lines));
    const log = createLog({ ...config.logger, stream });
    const stopped = new Promise<string>((stop) => {
      host.onStopSignal(stop);
    });
    const server = await host.startServer({ config, dataDir, log, reloadConfig });
    host.stdout.write(renderBanner({ config, dataDir: relative(process.cwd(), dataDir) || dataDir, server }));
    const signal = await stopped;
    log.info({ signal }, 'stopping');
    await server.close();
    return exitCode.ok;
  },
};
