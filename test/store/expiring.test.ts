import { describeExpiringContract } from '../contract/expiring.ts';
import { openMemory } from './support/open-stores.ts';

describeExpiringContract('the memory store', openMemory, 60);
