import { openDoor } from './door.ts';
import { replayRequestInfo } from './replay-request-info.ts';

replayRequestInfo(openDoor);
