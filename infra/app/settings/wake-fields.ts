import * as v from 'valibot'
import * as values from '../../../functions/reconciler/config/values.ts'
import { reportSource } from '../../../functions/reconciler/names.ts'

const allowedPattern = `an RDS ARN, or an event pattern with a list of literal sources, none of them "${reportSource}"`

/**
 * An event pattern of one's own. Without a literal source it would match everything on the bus, and with Repoint's own
 * a report would wake the function that wrote it.
 */
const pattern = v.pipe(
  v.looseObject({ source: values.fullListOf(v.string(allowedPattern), 'literal sources') }, allowedPattern),
  v.check(({ source }) => !source.includes(reportSource), allowedPattern),
)

/** What wakes the function beside the database's own RDS events. */
export const wake = v.union([values.rdsArn, pattern], allowedPattern)

export type Wake = v.InferOutput<typeof wake>
