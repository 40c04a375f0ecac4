import { isLike } from './wildcards.ts'

/** The part of IAM's policy language that endpoint policies are written in. */
interface Statement {
  readonly Effect: string
  readonly Action?: string | readonly string[]
  readonly NotAction?: string | readonly string[]
  readonly Resource?: string | readonly string[]
  readonly NotResource?: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

export interface Request {
  readonly action: string
  readonly resource: string
  readonly account: string
}

export type Verdict = 'allowed' | 'denied' | 'conditional'

type Applies = 'yes' | 'no' | 'depends'

/** Principals are not compared: an endpoint's policy names whoever uses it, mostly `*`. No policy allows everything. */
export const judgePolicy = (document: string | undefined, request: Request): Verdict => {
  if (document === undefined || document === '') return 'allowed'
  const statements = read(document)
  if (statements === undefined) return 'conditional'
  const judged = statements.map(statement => ({ effect: statement.Effect, applies: applies(statement, request) }))
  const some = (effect: string, how: Applies) => judged.some(one => one.effect === effect && one.applies === how)
  if (some('Deny', 'yes')) return 'denied'
  if (some('Deny', 'depends')) return 'conditional'
  if (some('Allow', 'yes')) return 'allowed'
  return some('Allow', 'depends') ? 'conditional' : 'denied'
}

const read = (document: string): readonly Statement[] | undefined => {
  try {
    const { Statement: found } = JSON.parse(document) as { Statement?: Statement | readonly Statement[] }
    return found === undefined ? [] : listOf(found)
  } catch {
    return undefined
  }
}

const applies = (statement: Statement, { action, resource, account }: Request): Applies => {
  const isAction = matches(statement.Action, statement.NotAction, action.toLowerCase(), true)
  // A resource that is not known (`*`) is covered by any statement about a resource, perhaps not by this one.
  const isResource = matches(statement.Resource, statement.NotResource, resource, false)
  if (!isAction) return 'no'
  if (!isResource) return resource === '*' && statement.Resource !== undefined ? 'depends' : 'no'
  return holds(statement.Condition, account)
}

const matches = (
  some: string | readonly string[] | undefined,
  allBut: string | readonly string[] | undefined,
  value: string,
  isAction: boolean,
): boolean => {
  const any = (patterns: string | readonly string[]) =>
    listOf(patterns).some(pattern => isLike(value, isAction ? pattern.toLowerCase() : pattern))
  if (some !== undefined) return any(some)
  return allBut === undefined ? !isAction : !any(allBut)
}

/** Only the condition that Repoint's own stack writes is evaluated. */
const holds = (condition: Statement['Condition'], account: string): Applies => {
  const operators = Object.entries(condition ?? {})
  const tests = operators.flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
  )
  for (const { operator, key, values } of tests) {
    if (!['StringEquals', 'StringLike'].includes(operator) || key.toLowerCase() !== 'aws:principalaccount')
      return 'depends'
    const isValue = (value: string) => (operator === 'StringLike' ? isLike(account, value) : account === value)
    if (!listOf(values).some(isValue)) return 'no'
  }
  return 'yes'
}

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T])
