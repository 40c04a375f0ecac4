import * as v from 'valibot'
import { closed, isHostName, isPresent, portNumber, textWhere } from './words.ts'

const kinds = ['instance', 'cluster', 'proxy', 'hostname'] as const

/** The resource type that the ARN of each kind carries. A host name has none. */
const arnTypes = new Map<unknown, string>([
  ['instance', 'db'],
  ['cluster', 'cluster'],
  ['proxy', 'db-proxy'],
])

const isRdsArn = (value: string): boolean => /^arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:[a-z-]+:.+$/.test(value)

/** Which database: what its name is, and whose events are its own. */
export const databaseSchema = v.pipe(
  closed({
    kind: v.picklist(kinds, `one of ${kinds.join(', ')}`),
    id: textWhere('the database identifier', isPresent),
    arn: v.optional(textWhere('an RDS ARN', isRdsArn)),
    endpoint: textWhere('a host name with at least one dot', isHostName),
    port: portNumber,
  }),
  // A raw check: any other does not run while something else in the object is wrong, and problems then come one by one.
  v.rawCheck(({ dataset, addIssue }) => {
    const { kind, arn }: { kind?: unknown; arn?: unknown } = dataset.value ?? {}
    const type = arnTypes.get(kind)
    // Another problem of the ARN is reported by its own entry.
    const isSuitable = typeof arn === 'string' ? !isRdsArn(arn) || arn.split(':')[5] === type : arn !== undefined
    if (!type || isSuitable) return
    addIssue({
      message: `an RDS ARN of type ${type}, which kind ${kind} needs`,
      input: arn,
      path: [{ type: 'object', origin: 'value', input: { kind, arn }, key: 'arn', value: arn }],
    })
  }),
)
