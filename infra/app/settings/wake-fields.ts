import * as v from 'valibot'
import * as values from '../../../functions/reconciler/config/values.ts'
import { reportSource } from '../../../functions/reconciler/names.ts'
import { described } from './described.ts'

/**
 * Characters of an event pattern, for every Region: "Maximum size of an event pattern, in characters"
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html). It can be raised, which nobody here counts on.
 */
export const longestPattern = 2048

const allowedPattern = `an RDS ARN, or an event pattern with a list of literal sources, none of them "${reportSource}"`

/**
 * An event pattern of one's own. Without a literal source it would match everything on the bus, and with Repoint's own
 * a report would wake the function that wrote it.
 */
const pattern = v.pipe(
  v.looseObject(
    {
      source: described(
        'Sources, as they are written.',
        values.fullListOf(v.string(allowedPattern), 'literal sources'),
      ),
    },
    allowedPattern,
  ),
  v.check(({ source }) => !source.includes(reportSource), allowedPattern),
  v.check(
    it => JSON.stringify(it).length <= longestPattern,
    `an event pattern of at most ${longestPattern} characters`,
  ),
)

/** What wakes the function beside the database's own RDS events. */
export const wake = v.union([values.rdsArn, pattern], allowedPattern)

export type Wake = v.InferOutput<typeof wake>
