import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readAwsError } from '../../functions/reconciler/adapters/aws-errors.ts'
import { ec2Errors } from '../../lab/api/errors/ec2-errors.ts'
import { elbv2Errors } from '../../lab/api/errors/elbv2-errors.ts'
import type { Refusal } from '../../lab/api/errors/failure.ts'
import { rdsErrors } from '../../lab/api/errors/rds-errors.ts'
import { route53Errors } from '../../lab/api/errors/route53-errors.ts'
import * as services from '../../lab/api/errors/service-errors.ts'
import { wordings } from '../../lab/api/faults.ts'

/** A fake must not confirm its author's guess: what it answers has a source, or is named as ours. */

const tables: Readonly<Record<string, Readonly<Record<string, Refusal<string[]>>>>> = {
  elbv2Errors,
  rdsErrors,
  ec2Errors,
  route53Errors,
  ...services,
  ...Object.fromEntries(Object.entries(wordings).map(([service, words]) => [`faults of ${service}`, { ...words }])),
}
const refusals = Object.entries(tables).flatMap(([table, all]) =>
  Object.entries(all).map(([name, refusal]) => [`${table}.${name}`, refusal] as const),
)

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => `${folder}/${name}`)

describe('what the laboratory refuses', () => {
  it.each(refusals)('%s has a source of AWS or of a public report, or is named as ours', (_name, refusal) => {
    const { source, assumption, code, status = 400 } = refusal
    expect(source ?? assumption).toBeTruthy()
    if (source !== undefined)
      expect(source).toMatch(/^https:\/\/(docs\.aws\.amazon\.com|repost\.aws|github\.com)\/\S+$/)
    if (assumption !== undefined) expect(assumption.length).toBeGreaterThan(5)
    expect(code).toMatch(/^[A-Z][A-Za-z0-9.]+$/)
    expect(status).toBeGreaterThanOrEqual(400)
  })

  it('is worded nowhere but in these tables', () => {
    const elsewhere = filesIn('lab').filter(file =>
      /new ApiFailure\(\s*(['"`{]|\.\.\.)/.test(readFileSync(file, 'utf8')),
    )
    expect(elsewhere).toEqual([])
  })
})

describe('what tests let AWS refuse', () => {
  /** Codes that no laboratory answers with, and where they are from. */
  const documented: Readonly<Record<string, string>> = {
    ExpiredToken: 'https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html',
    ExpiredTokenException: 'https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/CommonErrors.html',
    HealthUnavailable:
      'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html',
    InternalException: 'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html',
    InternalFailure: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html',
    InvalidParameterException:
      'https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html',
    ServiceUnavailable: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html',
    TooManyRegistrationsForTargetId:
      'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html',
    TooManyTargets: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html',
  }
  const known = new Set([...refusals.map(([, { code }]) => code), ...Object.keys(documented)])

  it('has a code that the laboratory answers with, or that AWS documents', () => {
    const used = filesIn('test').flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(/\bawsFault\(\s*'([^']+)'/g)].map(([, code = '']) => ({ file, code })),
    )
    expect(used.length).toBeGreaterThan(10)
    const unknown = used.filter(({ code }) => {
      const isKnown = known.has(code) || known.has(`${code}Exception`) || known.has(code.replace(/Exception$/, ''))
      // The table of the function has its sources beside it.
      return !isKnown && readAwsError({ Code: code }).kind === 'other'
    })
    expect(unknown).toEqual([])
  })
})
