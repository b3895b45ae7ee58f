import { expect } from 'vitest';
import type { Outcome, Terminal } from './kubectl.ts';

/** kubectl that must succeed; what it printed. */
export async function ok(terminal: Terminal, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await terminal.kubectl(...args);
  expect(code, `kubectl ${args.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
}

/** A program that must succeed without a word of complaint; what it printed. */
export async function said(outcome: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await outcome;
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
}

/** kubectl that must be refused, in kube-apiserver's own words. */
export async function refused(
  terminal: Terminal,
  sentence: string,
  ...args: readonly string[]
): Promise<void> {
  const { code, stderr } = await terminal.kubectl(...args);
  expect(stderr).toContain(sentence);
  expect(code).toBe(1);
}
