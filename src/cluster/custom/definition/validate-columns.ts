import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { PrinterColumn } from './definition.ts';

const types = ['boolean', 'date', 'integer', 'number', 'string'];
const formats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

/** Source: apiextensions validation.go ValidateCustomResourceColumnDefinition. */
export function validateColumns(columns: readonly PrinterColumn[], path: string): FieldError[] {
  return columns.flatMap((column, index) => columnErrors(column, `${path}[${index}]`));
}

function columnErrors(
  { name = '', type = '', format = '', jsonPath = '' }: PrinterColumn,
  path: string,
): FieldError[] {
  const detail = `must be one of ${types.join(',')}`;
  return [
    ...(name === '' ? [fieldError.required(`${path}.name`)] : []),
    ...(type === '' ? [fieldError.required(`${path}.type`, detail)] : []),
    ...(type === '' || types.includes(type) ? [] : [fieldError.invalid(`${path}.type`, type, detail)]),
    ...(format === '' || formats.includes(format)
      ? []
      : [fieldError.invalid(`${path}.format`, format, `must be one of ${formats.join(',')}`)]),
    ...(jsonPath === ''
      ? [fieldError.required(`${path}.JSONPath`)]
      : simplePathErrors(jsonPath, `${path}.JSONPath`)),
  ];
}

/** Source: apiextensions validation.go validateSimpleJSONPath. */
export function simplePathErrors(jsonPath: string, field: string): FieldError[] {
  if (jsonPath.startsWith('.')) return [];
  return [fieldError.invalid(field, jsonPath, 'must be a simple json path starting with .')];
}
