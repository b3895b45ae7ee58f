import { dns1123SubdomainErrors, type FieldError, fieldError, pathSegmentNameErrors } from '../kube/index.ts';
import { withDefaults } from './defaults.ts';
import {
  type ClusterRole,
  type PolicyObject,
  type PolicyRule,
  RBAC_GROUP,
  type RoleRef,
  type Subject,
} from './model.ts';
import { compileRule } from './rule.ts';
import { validateSelector } from './validate-selector.ts';

/**
 * The errors of an RBAC object in kube-apiserver's words and order, first of its name, then of what it says; labels,
 * annotations and the rest of metadata are checked where all kinds are. With `oldObject` the object is an update.
 * Source: Kubernetes pkg/apis/rbac/validation/validation.go.
 */
export function validatePolicyObject(object: PolicyObject, oldObject?: PolicyObject): FieldError[] {
  const own = [...validateName(object), ...validatePolicyContent(object, oldObject)];
  // kube-apiserver validates a ClusterRole's update twice over, and details.causes shows it.
  return oldObject !== undefined && object.kind === 'ClusterRole' ? [...own, ...own] : own;
}

/** The same without metadata and without the doubling: for callers that check metadata themselves. */
export function validatePolicyContent(object: PolicyObject, oldObject?: PolicyObject): FieldError[] {
  const defaulted = withDefaults(object);
  switch (defaulted.kind) {
    case 'Role':
      return validateRules(defaulted.rules, true);
    case 'ClusterRole':
      return [...validateRules(defaulted.rules, false), ...validateAggregation(defaulted)];
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return [
        ...validateRoleRef(defaulted.roleRef, defaulted.kind === 'RoleBinding'),
        ...(defaulted.subjects ?? []).flatMap((subject, index) =>
          validateSubject(subject, `subjects[${index}]`, defaulted.kind === 'RoleBinding'),
        ),
        ...(oldObject === undefined
          ? []
          : validateRoleRefUnchanged(defaulted.roleRef, withDefaults(oldObject))),
      ];
  }
}

function validateName({ metadata }: PolicyObject): FieldError[] {
  const { name = '', generateName = '' } = metadata;
  const errors = nameErrors('metadata.generateName', generateName);
  if (name === '' && generateName === '') {
    return [fieldError.required('metadata.name', 'name or generateName is required')];
  }
  return [...errors, ...nameErrors('metadata.name', name)];
}

function nameErrors(field: string, name: string): FieldError[] {
  return pathSegmentNameErrors(name).map((detail) => fieldError.invalid(field, name, detail));
}

function validateRules(rules: readonly PolicyRule[] | null | undefined, namespaced: boolean): FieldError[] {
  return (rules ?? []).flatMap((rule, index) => validateRule(rule, `rules[${index}]`, namespaced));
}

function validateRule(rule: PolicyRule | null, field: string, namespaced: boolean): FieldError[] {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = compileRule(rule);
  const errors: FieldError[] = [];
  if (verbs.length === 0) {
    errors.push(fieldError.required(`${field}.verbs`, 'verbs must contain at least one value'));
  }
  if (nonResourceURLs.length > 0) {
    const at = `${field}.nonResourceURLs`;
    if (namespaced) {
      errors.push(
        fieldError.invalid(at, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'),
      );
    }
    if (apiGroups.length > 0 || resources.length > 0 || resourceNames.length > 0) {
      errors.push(
        fieldError.invalid(
          at,
          nonResourceURLs,
          'rules cannot apply to both regular resources and non-resource URLs',
        ),
      );
    }
    return errors;
  }
  if (apiGroups.length === 0) {
    errors.push(
      fieldError.required(`${field}.apiGroups`, 'resource rules must supply at least one api group'),
    );
  }
  if (resources.length === 0) {
    errors.push(
      fieldError.required(`${field}.resources`, 'resource rules must supply at least one resource'),
    );
  }
  return errors;
}

function validateAggregation({ aggregationRule }: ClusterRole): FieldError[] {
  if (aggregationRule === undefined || aggregationRule === null) {
    return [];
  }
  const selectors = aggregationRule.clusterRoleSelectors ?? [];
  const field = 'aggregationRule.clusterRoleSelectors';
  if (selectors.length === 0) {
    return [
      fieldError.required(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil'),
    ];
  }
  return selectors.flatMap((selector, index) => {
    const at = `${field}[${index}]`;
    const errors = validateSelector(selector ?? {}, at);
    return errors.length === 0 ? [] : [...errors, fieldError.invalid(at, null, 'invalid label selector.')];
  });
}

function validateRoleRef({ apiGroup = '', kind, name }: RoleRef, namespaced: boolean): FieldError[] {
  const errors = notIn('roleRef.apiGroup', apiGroup, [RBAC_GROUP]);
  errors.push(...notIn('roleRef.kind', kind, namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']));
  errors.push(...(name === '' ? [fieldError.required('roleRef.name')] : nameErrors('roleRef.name', name)));
  return errors;
}

function validateSubject(subject: Subject, field: string, namespaced: boolean): FieldError[] {
  const { kind, name, apiGroup = '', namespace = '' } = subject;
  const errors = name === '' ? [fieldError.required(`${field}.name`)] : [];
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') {
        errors.push(
          ...dns1123SubdomainErrors(name).map((detail) => fieldError.invalid(`${field}.name`, name, detail)),
        );
      }
      errors.push(...notIn(`${field}.apiGroup`, apiGroup, ['']));
      if (!namespaced && namespace === '') {
        errors.push(fieldError.required(`${field}.namespace`));
      }
      return errors;
    case 'User':
    case 'Group':
      return [...errors, ...notIn(`${field}.apiGroup`, apiGroup, [RBAC_GROUP])];
    default:
      return [...errors, ...notIn(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group'])];
  }
}

function validateRoleRefUnchanged(roleRef: RoleRef, old: PolicyObject): FieldError[] {
  if (old.kind !== 'RoleBinding' && old.kind !== 'ClusterRoleBinding') {
    return [];
  }
  const { apiGroup = '', kind, name } = roleRef;
  if (old.roleRef.apiGroup === apiGroup && old.roleRef.kind === kind && old.roleRef.name === name) {
    return [];
  }
  // Kubernetes prints its internal struct here, whose fields have no JSON names.
  return [
    fieldError.invalid('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef'),
  ];
}

function notIn(field: string, value: string, supported: readonly string[]): FieldError[] {
  return supported.includes(value) ? [] : [fieldError.notSupported(field, value, supported)];
}
