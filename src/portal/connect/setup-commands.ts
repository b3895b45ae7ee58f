/** What to type for one cluster. Owns the words of shells; every value in them is plain enough to need no quotes but paths. */

export interface ConnectTarget {
  /** What the kubeconfig calls the cluster, the user and the context. */
  readonly name: string;
  readonly server: string;
  /** PEM */
  readonly certificateAuthority: string;
  readonly issuer: string;
  readonly clientId: string;
}

export type Shell = 'unix' | 'powershell' | 'cmd';

/** Puts the plugin on the PATH, with what completes it: from the file that `npm pack` makes. */
export function installCommands(version: string, shell: Shell): string {
  const name = `sallyport-${version}.tgz`;
  const file = {
    unix: `~/Downloads/${name}`,
    powershell: `"$HOME\\Downloads\\${name}"`,
    cmd: `"%USERPROFILE%\\Downloads\\${name}"`,
  };
  return `npm install --global ${file[shell]}\nkubectl sallyport version`;
}

/** With the plugin alone: it finds the rest by the portal's address. */
export function pluginCommands({ issuer, name }: ConnectTarget): string {
  return `kubectl sallyport login ${issuer}\nkubectl config use-context ${name}\nkubectl auth whoami`;
}

/** Puts a downloaded kubeconfig into the person's own, and loses nothing that is there. */
export function mergeCommands({ name }: ConnectTarget, shell: Shell): string {
  const file = `${name}.kubeconfig`;
  const merge = {
    unix: `mkdir -p ~/.kube && touch ~/.kube/config
KUBECONFIG=~/.kube/config:~/Downloads/${file} kubectl config view --flatten > ~/.kube/config.merged
chmod 600 ~/.kube/config.merged && mv ~/.kube/config.merged ~/.kube/config`,
    powershell: `New-Item -ItemType Directory -Force "$HOME\\.kube" | Out-Null
$env:KUBECONFIG = "$HOME\\.kube\\config;$HOME\\Downloads\\${file}"
kubectl config view --flatten | Out-File -Encoding ascii "$HOME\\.kube\\config.merged"
Move-Item -Force "$HOME\\.kube\\config.merged" "$HOME\\.kube\\config"
Remove-Item Env:KUBECONFIG`,
    cmd: `if not exist "%USERPROFILE%\\.kube" mkdir "%USERPROFILE%\\.kube"
set KUBECONFIG=%USERPROFILE%\\.kube\\config;%USERPROFILE%\\Downloads\\${file}
kubectl config view --flatten > "%USERPROFILE%\\.kube\\config.merged"
move /Y "%USERPROFILE%\\.kube\\config.merged" "%USERPROFILE%\\.kube\\config"
set KUBECONFIG=`,
  };
  return `${merge[shell]}\nkubectl config use-context ${name}\nkubectl auth whoami`;
}

/** Without the plugin, for who has int128's kubelogin: the same line by line in every shell. */
export function kubeloginCommands(target: ConnectTarget): string {
  const { name, server, certificateAuthority, issuer, clientId } = target;
  const exec = [
    '--exec-api-version=client.authentication.k8s.io/v1',
    '--exec-interactive-mode=IfAvailable',
    '--exec-command=kubectl',
    ...['oidc-login', 'get-token', `--oidc-issuer-url=${issuer}`, `--oidc-client-id=${clientId}`]
      .concat('--oidc-extra-scope=offline_access')
      .map((argument) => `--exec-arg=${argument}`),
  ];
  return [
    `kubectl config set-cluster ${name} --server=${server}`,
    `kubectl config set clusters.${name}.certificate-authority-data ${Buffer.from(certificateAuthority).toString('base64')}`,
    `kubectl config set-credentials ${name} ${exec.join(' ')}`,
    `kubectl config set-context ${name} --cluster=${name} --user=${name}`,
    `kubectl config use-context ${name}`,
    'kubectl auth whoami',
  ].join('\n');
}

/** The shell that somebody most likely has who looks with this browser. */
export function shellOf(userAgent: string | undefined): Shell {
  return /Windows/.test(userAgent ?? '') ? 'powershell' : 'unix';
}
