import { describeConversion } from '../../../contract/conversion.ts';
import { openMemory } from '../../../store/support/open-stores.ts';

describeConversion('the memory store', openMemory);
