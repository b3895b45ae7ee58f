import { openDoor } from './door.ts';
import { replayReviews } from './replay-reviews.ts';

replayReviews(openDoor);
