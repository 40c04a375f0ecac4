import type { Refusal } from './failure.ts'

/** What Route 53 refuses, and how. Several problems of one batch are listed in one answer. */

const api = 'https://docs.aws.amazon.com/Route53/latest/APIReference'

export const route53Errors = {
  zoneNotFound: {
    code: 'NoSuchHostedZone',
    status: 404,
    text: (id: string) => `No hosted zone found with ID: ${id}`,
    source: `${api}/API_GetHostedZone.html`,
    assumption: 'the text, as public logs show it',
  },
  badVpc: {
    code: 'InvalidVPCId',
    text: (id: string) => `The VPC ${id} is not valid`,
    source: `${api}/API_ListHostedZonesByVPC.html`,
    assumption: 'the text; nobody acts on it. The page lists InvalidInput and no InvalidVPCId for this action',
  },
  changeNotFound: {
    code: 'NoSuchChange',
    status: 404,
    text: (id: string) => `Could not find resource with ID: ${id}`,
    source: `${api}/API_GetChange.html`,
    assumption: 'the text, as public logs show it',
  },
  /** "... an InvalidChangeBatch error ... contains an array of messages." */
  badBatch: {
    code: 'InvalidChangeBatch',
    text: (problems: string) => `[${problems}]`,
    source: `${api}/API_ChangeResourceRecordSets.html`,
    assumption: 'the sentences of the problems, as terraform and certbot show them in public logs',
  },
  badInput: {
    code: 'InvalidInput',
    text: (what: string) => what,
    source: `${api}/API_ChangeResourceRecordSets.html`,
    assumption: 'the sentences; nobody acts on them',
  },
} as const satisfies Record<string, Refusal<string[]>>
