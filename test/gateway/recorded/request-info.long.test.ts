import { PARSER_REFUSAL } from './compare.ts';
import { openDoor } from './door.ts';
import { replayRequestInfo } from './replay-request-info.ts';

replayRequestInfo(openDoor, { probes: false, noHttp: PARSER_REFUSAL });
