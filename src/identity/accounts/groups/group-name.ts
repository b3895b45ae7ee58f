import { checkTextField, refuseField } from '../text-field.ts';

/** @throws AccountError `invalid` */
export function checkGroupName(name: string): void {
  checkTextField('group', name);
  if (name === '') refuseField('group', 'is empty');
  // Lists of groups are written with commas on command lines.
  if (name.includes(',')) refuseField('group', 'has a comma in it');
}
