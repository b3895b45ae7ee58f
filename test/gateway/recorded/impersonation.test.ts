import { openDoor } from './door.ts';
import { replayImpersonation, replayUngranted } from './replay-impersonation.ts';

replayImpersonation(openDoor);
replayUngranted(openDoor);
