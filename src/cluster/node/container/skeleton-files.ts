import type { FileSystem } from '../world/file-system.ts';

export interface PodFacts {
  readonly name: string;
  readonly namespace: string;
  readonly podIP: string;
  /** PEM; what a pod trusts for its API server. */
  readonly caBundle: string;
}

const directories = ['/bin', '/dev', '/etc', '/home', '/proc', '/root', '/tmp', '/usr/bin', '/var/run'];
const account = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What every simulated container has on its disk, whatever its image. There is no service account token: none is made. */
export function writeSkeleton(files: FileSystem, { name, namespace, podIP, caBundle }: PodFacts): void {
  for (const path of [...directories, account]) files.makeDirectory(path, { parents: true });
  const contents: readonly (readonly [path: string, text: string])[] = [
    ['/etc/hostname', `${name}\n`],
    [
      '/etc/hosts',
      `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost\n${podIP}\t${name}\n`,
    ],
    [
      '/etc/resolv.conf',
      `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n`,
    ],
    ['/etc/os-release', 'NAME="Sallyport simulated container"\nID=sallyport\n'],
    ['/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n'],
    [`${account}/namespace`, namespace],
    [`${account}/ca.crt`, caBundle],
  ];
  for (const [path, text] of contents) files.write(path)(Buffer.from(text));
}
