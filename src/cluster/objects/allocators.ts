import { randomInt } from 'node:crypto';
import type { Allocators } from '../schema/index.ts';
import { randomSuffix } from './generate-name.ts';

/** 10.96.0.0/12; the first addresses are left to those who choose theirs (kubernetes, DNS). */
const firstAddress = 0x0a600100;
const lastAddress = 0x0a6ffffe;
const firstNodePort = 30_000;
const lastNodePort = 32_767;

/** Random candidates. Whether they are free is decided by the transaction that reserves them. */
export const randomAllocators: Allocators = {
  randomSuffix,
  clusterIP: () => {
    const address = randomInt(firstAddress, lastAddress + 1);
    return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
  },
  nodePort: () => randomInt(firstNodePort, lastNodePort + 1),
};

/** Where services have their addresses. */
export const serviceRange = '10.96.0.0/12';

/** Whether a service may have the address. */
export function isServiceAddress(address: string): boolean {
  return /^10\.(?:9[6-9]|10\d|11[01])\.\d+\.\d+$/.test(address);
}
