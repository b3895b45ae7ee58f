import type { CommandSpec } from '../command-spec.ts';
import { checkIssuer } from '../doctor/check-issuer.ts';
import { checkKubeconfig } from '../doctor/check-kubeconfig.ts';
import { checkKuberc } from '../doctor/check-kuberc.ts';
import { checkCluster, checkLogin } from '../doctor/check-login.ts';
import { checkMachine } from '../doctor/check-machine.ts';
import { type Finding, problem } from '../doctor/finding.ts';
import { exitCode, PluginError } from '../exit.ts';
import { loginFlags, outputFlagSpec, targetFlags, trustFlags } from '../flag-specs.ts';
import { createSendRequest } from '../http-request.ts';
import type { Invocation } from '../invocation.ts';
import { outputFormat, printResult } from '../print-result.ts';
import { resolveTarget, type Target } from '../target.ts';

export const doctorCommand: CommandSpec = {
  group: 'diagnose',
  summary: 'Look for what keeps a login or kubectl from working',
  description:
    'Look at the kubeconfig and its credential plugin, kubectl and its preferences (kuberc), the credential cache, the identity provider (discovery, certificate, clock, redirect), the port for the browser, and the cluster; each finding with what to do about it. Changes nothing. Exit code 1 when there is a problem.',
  examples: [
    ['Look at the current context', 'doctor'],
    ['For a bug report', 'doctor -o json'],
    ['Of an issuer, before there is a kubeconfig', 'doctor --issuer=https://sso.example.com'],
  ],
  flags: { ...targetFlags, ...trustFlags, ...loginFlags, output: outputFlagSpec },
  run: runDoctor,
};

async function runDoctor(invocation: Invocation): Promise<number> {
  const { flags, deps } = invocation;
  const format = outputFormat(flags, ['json', 'yaml']);
  const findings = await examine(invocation);
  const broken = findings.some(({ status }) => status === 'problem');
  if (format === 'table') {
    for (const finding of findings) deps.stdout(line(finding));
    deps.stdout(broken ? '\nThere are problems.\n' : '\nNo problem was found.\n');
  } else {
    printResult(
      { kind: 'DoctorReport', body: { healthy: !broken, findings }, columns: [], rows: [] },
      format,
      deps,
    );
  }
  return broken ? exitCode.failure : exitCode.ok;
}

async function examine({ program, flags, deps }: Invocation): Promise<readonly Finding[]> {
  const kubeconfig = await checkKubeconfig(flags, deps);
  const { context } = kubeconfig;
  const first = [...kubeconfig.findings, checkKuberc(context, deps)];
  const target = await targetOrFinding(flags, deps);
  if ('check' in target) return [...first, target, ...(await checkMachine(flags, deps, false))];
  const login = checkLogin(target, program, deps);
  const [issuer, cluster] = await Promise.all([
    checkIssuer(target, createSendRequest(target.trust, deps.env), deps),
    context === undefined ? [] : checkCluster(context, login.idToken, deps),
  ]);
  const machine = await checkMachine(flags, deps, issuer.hasDeviceFlow);
  return [...first, ...machine, ...login.findings, ...issuer.findings, ...[cluster].flat()];
}

async function targetOrFinding(
  flags: Invocation['flags'],
  deps: Invocation['deps'],
): Promise<Target | Finding> {
  try {
    return await resolveTarget(flags, deps);
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    return problem('issuer', error.message, 'run: kubectl sallyport login URL-OF-YOUR-PORTAL');
  }
}

/** Not by colour alone, and so without. */
function line({ check, status, message, fix }: Finding): string {
  const mark = { ok: 'ok     ', warning: 'WARNING', problem: 'PROBLEM' }[status];
  return `${mark}  ${check.padEnd(13)} ${message}\n${fix === undefined ? '' : `${' '.repeat(23)} → ${fix}\n`}`;
}
