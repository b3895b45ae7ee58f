import { describeConversion } from '../../../contract/conversion.ts';
import { openSqlite } from '../../../store/support/open-stores.ts';

describeConversion('the SQLite store', openSqlite);
