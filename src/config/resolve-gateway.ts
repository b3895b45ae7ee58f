import { resolve } from 'node:path';
import type { ApiServerConfig, GatewayConfig } from './config.ts';
import { resolveAudit } from './resolve-audit.ts';

/** Makes the paths of the `gateway` section absolute: they are relative to the file, as in a kubeconfig. @param base the file's directory */
export function resolveGateway(gateway: GatewayConfig, base: string): GatewayConfig {
  const at = (path: string) => resolve(base, path);
  const { tlsCert, tlsKey, clientCA, target, audit } = gateway;
  return {
    ...gateway,
    ...(audit === undefined
      ? {}
      : { audit: { ...resolveAudit(audit, at), policyFile: at(audit.policyFile) } }),
    ...(tlsCert === undefined ? {} : { tlsCert: at(tlsCert) }),
    ...(tlsKey === undefined ? {} : { tlsKey: at(tlsKey) }),
    ...(clientCA === undefined ? {} : { clientCA: at(clientCA) }),
    authenticationConfig: at(gateway.authenticationConfig),
    rbac: resolveRbac(gateway.rbac, at),
    target: target === 'embedded' ? target : resolveTarget(target, at),
    webhooks: resolveWebhooks(gateway.webhooks, at),
    clusters: gateway.clusters.map((cluster) => ({
      ...cluster,
      rbac: resolveRbac(cluster.rbac, at),
      target: resolveTarget(cluster.target, at),
      webhooks: resolveWebhooks(cluster.webhooks, at),
      ...(cluster.authenticationConfig === undefined
        ? {}
        : { authenticationConfig: at(cluster.authenticationConfig) }),
    })),
    services: gateway.services.map((service) => resolveService(service, at)),
  };
}

function resolveRbac(rbac: GatewayConfig['rbac'], at: (path: string) => string): GatewayConfig['rbac'] {
  return { ...rbac, manifests: rbac.manifests.map(at) };
}

function resolveWebhooks(
  webhooks: GatewayConfig['webhooks'],
  at: (path: string) => string,
): GatewayConfig['webhooks'] {
  return webhooks?.tokenFile === undefined ? webhooks : { ...webhooks, tokenFile: at(webhooks.tokenFile) };
}

function resolveService(
  service: GatewayConfig['services'][number],
  at: (path: string) => string,
): GatewayConfig['services'][number] {
  const { tlsCert, tlsKey, certificateAuthority } = service;
  return {
    ...service,
    ...(tlsCert === undefined ? {} : { tlsCert: at(tlsCert) }),
    ...(tlsKey === undefined ? {} : { tlsKey: at(tlsKey) }),
    ...(certificateAuthority === undefined ? {} : { certificateAuthority: at(certificateAuthority) }),
  };
}

function resolveTarget(target: ApiServerConfig, at: (path: string) => string): ApiServerConfig {
  if ('kubeconfig' in target) return { ...target, kubeconfig: at(target.kubeconfig) };
  const { certificateAuthority } = target;
  return {
    ...target,
    tokenFile: at(target.tokenFile),
    ...(certificateAuthority === undefined ? {} : { certificateAuthority: at(certificateAuthority) }),
  };
}
