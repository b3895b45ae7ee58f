import { openDoor } from './door.ts';
import { replayImpersonation } from './replay-impersonation.ts';

replayImpersonation(openDoor);
