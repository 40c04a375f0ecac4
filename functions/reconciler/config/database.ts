import * as v from 'valibot'
import { closed, hostName, portNumber, rdsArn, textWhere } from './values.ts'

export const kinds = ['instance', 'cluster', 'proxy', 'hostname'] as const
export type Kind = (typeof kinds)[number]

export const kind = v.picklist(kinds, `one of ${kinds.join(', ')}`)

/** The resource type that the ARN of each kind carries. A host name has none. */
export const arnTypes: Readonly<Record<Kind, string | undefined>> = {
  instance: 'db',
  cluster: 'cluster',
  proxy: 'db-proxy',
  hostname: undefined,
}

/** Which database: what its name is, and whose events are its own. */
export const databaseSchema = v.pipe(
  closed({
    kind,
    id: textWhere('the database identifier', value => value.length > 0),
    arn: v.optional(rdsArn),
    endpoint: hostName,
    port: portNumber,
  }),
  // A raw check: any other does not run while something else in the object is wrong, and problems then come one by one.
  v.rawCheck(({ dataset, addIssue }) => {
    const { kind, arn }: { kind?: unknown; arn?: unknown } = Object(dataset.value)
    const type = v.is(v.picklist(kinds), kind) ? arnTypes[kind] : undefined
    // Another problem of the ARN is reported by its own entry.
    const isSuitable = v.is(rdsArn, arn) ? arn.split(':')[5] === type : arn !== undefined
    if (!type || isSuitable) return
    addIssue({
      message: `an RDS ARN of type ${type}, which kind ${kind} needs`,
      input: arn,
      path: [{ type: 'object', origin: 'value', input: { kind, arn }, key: 'arn', value: arn }],
    })
  }),
)
