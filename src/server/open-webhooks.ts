import { type ClusterConfig, type Config, ConfigError, readNamedFile } from '../config/index.ts';
import {
  type Authenticate,
  createWebhooks,
  guardWebhooks,
  type PipelineDeps,
  type WebhookGuard,
  webhookPaths,
  webhookTokenProblem,
} from '../gateway/index.ts';
import type { Log } from '../telemetry/index.ts';

export interface OpenWebhooksDeps {
  readonly config: Config;
  readonly cluster: ClusterConfig;
  readonly authenticate: Authenticate;
  /** Without asking the API server, which may be the one that asks. */
  readonly authenticateByIssuers: Authenticate;
  readonly authorize: PipelineDeps['authorize'];
  readonly log: Log;
}

export interface OpenedWebhooks extends WebhookGuard {
  /** Puts the webhooks before what else the gateway answers itself. */
  before(reviews: PipelineDeps['reviews']): PipelineDeps['reviews'];
}

/**
 * The webhooks that the configuration asks for, if any.
 * @throws ConfigError when their token file cannot be used
 */
export function openWebhooks(deps: OpenWebhooksDeps): OpenedWebhooks {
  const { cluster, authenticate, authorize } = deps;
  const { webhooks } = cluster;
  const paths = new Set<string>();
  if (webhooks?.authentication === true) paths.add(webhookPaths.authentication);
  if (webhooks?.authorization === true) paths.add(webhookPaths.authorization);
  if (webhooks === undefined || paths.size === 0) {
    return { authenticate, authorize, before: (reviews) => reviews };
  }
  const log = deps.log.child({ door: 'gateway' });
  const served = createWebhooks({
    paths,
    authenticate: deps.authenticateByIssuers,
    authorize,
    audiences: webhooks.audiences,
    log,
  });
  const { tokenFile } = webhooks;
  return {
    ...(tokenFile === undefined ? { authenticate, authorize } : withToken(tokenFile, paths, deps)),
    before: (reviews) => ({
      answers: (requestInfo) => served.answers(requestInfo) || reviews.answers(requestInfo),
      answer: (authorized) => (served.answers(authorized.requestInfo) ? served : reviews).answer(authorized),
    }),
  };
}

function withToken(
  file: string,
  paths: ReadonlySet<string>,
  { config, cluster, authenticate, authorize, log }: OpenWebhooksDeps,
): WebhookGuard {
  const key = `${cluster.at}.webhooks.tokenFile`;
  const read = () => {
    const token = readNamedFile(config.file, key, file).trim();
    const problem = webhookTokenProblem(token);
    if (problem === undefined) return token;
    throw new ConfigError([{ file: config.file, path: key, message: `${file}: ${problem}` }]);
  };
  // A file that cannot be used is to be known now, not at the first request.
  read();
  return guardWebhooks({ read, paths, authenticate, authorize, now: () => performance.now(), log });
}
