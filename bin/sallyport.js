import { keepCompiledCode } from './code-cache.js';
import { load } from './load.js';

// Whoever imports node:http has all its exports read, and these read a second HTTP client: 13 MiB, and a tenth of a start.
const http = process.getBuiltinModule?.('node:http') ?? {};
for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent']) delete http[name];

keepCompiledCode();
await load('main', 'src/main.ts');
