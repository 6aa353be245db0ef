/**
 * Where an official description is wrong about the real service, or leaves something out, and where
 * that can be seen. Anything else that a call does against a description is a violation. The list is
 * read by people: at most fifteen entries, each with its source.
 */
import type { Violation } from './violation';

interface Reviewed {
  readonly api: Violation['api'];
  readonly why: string;
  readonly source: string;
}

export interface SpecError extends Reviewed {
  /** Against `METHOD template part place message` of a violation. */
  readonly says: RegExp;
}

export const specErrors: readonly SpecError[] = [
  {
    api: 'jira',
    says: /^GET \S+ response \S+\/items\/\d+\/(from|fromString|to|toString) must be string$/,
    why: 'A change from or to nothing has null there.',
    source: 'jira.js 6.2.0 takes null there as well: ChangeDetailsSchema',
  },
  {
    api: 'jira',
    says: /^\S+ \S+ response {2}status 429 is not described$/,
    why: 'Every operation is rate limited; ten of them say so.',
    source: 'https://developer.atlassian.com/cloud/jira/platform/rate-limiting/',
  },
  {
    api: 'okta',
    says: /^(GET \S+ response {2}status 400|\S+ \S+ response {2}status 401) is not described$/,
    why: 'No operation describes 401, and those that search do not describe the 400 of a bad expression.',
    source: 'https://developer.okta.com/docs/reference/error-codes/ (E0000011, E0000031)',
  },
  {
    api: 'okta',
    says: /^\S+ \S+ response {2}lacks the body of status 403$/,
    why: 'A token without the scope gets its reason in a header and no body.',
    source: 'https://github.com/okta/okta-sdk-golang/issues/145',
  },
  {
    api: 'okta',
    says: /^\S+ \/api\/v1\/\S*groups\S* response \S*\/profile\/description must be string$/,
    why: 'A group that was made without a description has null there.',
    source: 'https://github.com/okta/terraform-provider-okta/pull/1032 shows such answers',
  },
  {
    api: 'okta',
    says: /^GET \/api\/v1\/groups response \/\d+\/_embedded\/stats has the undescribed member "(hasAdminPrivilege|_links)"$/,
    why: 'The description misspells the first (hasAdminPrivlege) and leaves out the second.',
    source: 'https://github.com/okta/okta-sdk-nodejs/issues/429 shows an answer',
  },
  {
    api: 'okta',
    says: /^GET \/api\/v1\/apps response \/\d+ has the undescribed member "(name|settings)"$/,
    why: 'The list names what all applications have; signOnMode leads to the description of the rest.',
    source: 'The discriminator of the schema Application',
  },
  {
    api: 'okta',
    says: /^GET \/api\/v1\/users\/\{userId\}\/roles response \/\d+ must match exactly one schema in oneOf$/,
    why: 'Standard and custom roles differ in nothing that is required; the type tells them apart.',
    source: 'The discriminator of the answer',
  },
  {
    api: 'graph',
    says: /^\S+ \S+ response \/error has the undescribed member "innerError"$/,
    why: 'The description spells it innererror, as OData does; the service does not.',
    source: 'https://learn.microsoft.com/graph/errors',
  },
  {
    api: 'graph',
    says: /^GET (\/users\/\{user-id\}\/manager|\/groups\/\{group-id\}\/members) request \$select\/\d+ must be equal to one of/,
    why: 'A manager and a member are of several types; the list names what their common base type has.',
    source: 'https://learn.microsoft.com/graph/api/group-list-members supports $select',
  },
  {
    api: 'graph',
    says: /^GET \S+ request \$skiptoken is not a query parameter of this operation$/,
    why: 'The service writes it into the links to further pages, which are called as they are.',
    source: 'https://learn.microsoft.com/graph/paging',
  },
  {
    api: 'graph',
    says: /^POST \/(groups|users|identityGovernance\/\S+) request {2}must have required property 'id'$/,
    why: 'The service gives the id.',
    source: 'https://learn.microsoft.com/graph/api/group-post-groups',
  },
];

/** An operation that a description lacks, in its own words. */
export interface MissingOperation extends Reviewed {
  readonly method: string;
  readonly template: string;
  readonly operation: object;
}

const graphError = { $ref: '#/components/responses/error' };
const answers = (schema: object) => ({
  200: { description: 'Success', content: { 'application/json': { schema } } },
  '4XX': graphError,
  '5XX': graphError,
});

export const missingOperations: readonly MissingOperation[] = [
  {
    api: 'graph',
    method: 'get',
    template: '/users/{user-id}/memberOf/microsoft.graph.group',
    operation: {
      parameters: [
        { $ref: '#/components/parameters/top' },
        { $ref: '#/components/parameters/count' },
        { name: '$select', in: 'query', explode: false, schema: { type: 'array' } },
        { name: '$skiptoken', in: 'query', schema: { type: 'string' } },
      ],
      responses: answers({
        type: 'object',
        required: ['value'],
        properties: {
          value: {
            type: 'array',
            items: { $ref: '#/components/schemas/microsoft.graph.group' },
          },
          '@odata.nextLink': { type: 'string' },
        },
      }),
    },
    why: 'Memberships, cast to groups.',
    source: 'https://learn.microsoft.com/graph/api/user-list-memberof takes OData casts',
  },
  {
    api: 'graph',
    method: 'get',
    template: '/groups/delta',
    operation: {
      parameters: [
        { name: '$select', in: 'query', explode: false, schema: { type: 'array' } },
        { name: '$skiptoken', in: 'query', schema: { type: 'string' } },
        { name: '$deltatoken', in: 'query', schema: { type: 'string' } },
      ],
      responses: answers({
        type: 'object',
        required: ['value'],
        properties: {
          value: {
            type: 'array',
            items: {
              allOf: [{ $ref: '#/components/schemas/microsoft.graph.group' }],
              properties: { '@removed': { type: 'object', required: ['reason'] } },
            },
          },
        },
      }),
    },
    why: 'Changes of groups; the description has the function without what it is asked with.',
    source: 'https://learn.microsoft.com/graph/api/group-delta',
  },
  {
    api: 'graph',
    method: 'post',
    template: '/directory/deletedItems/{id}/restore',
    operation: {
      responses: answers({ $ref: '#/components/schemas/microsoft.graph.directoryObject' }),
    },
    why: 'Brings back a deleted group or person.',
    source: 'https://learn.microsoft.com/graph/api/directory-deleteditems-restore',
  },
];
