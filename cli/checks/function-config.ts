import { groupsOf } from '../../functions/reconciler/config/front-doors.ts'
import { type Config, ConfigError, parseConfig } from '../../functions/reconciler/config.ts'
import { configVariable } from '../../functions/reconciler/names.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { FunctionFacts } from '../facts/function.ts'
import { type Check, type Judgement, missingFact, ok, problem, unknown, warning, whenKnown } from './finding.ts'

export const configuration: Check<DoctorFacts> = {
  name: 'function-config',
  question: `Does ${configVariable} parse and name this database and this target group?`,
  judge: facts =>
    whenKnown([facts.lambda], found => {
      const parsed = tryParse(found)
      if ('problem' in parsed) return [parsed.problem]
      const { config } = parsed
      const { settings } = facts
      const wrong: string[] = []
      const compare = (what: string, deployed: unknown, wanted: unknown) => {
        if (String(deployed).toLowerCase() !== String(wanted).toLowerCase())
          wrong.push(`${what} is ${deployed ?? 'not set'}, repoint.json has ${wanted}`)
      }
      compare('the database', config.database.id, settings.id)
      compare('the kind', config.database.kind, settings.kind)
      compare('the endpoint', config.database.endpoint, settings.endpoint)
      compare('the port', config.database.port, settings.port)
      if (settings.arn !== undefined) compare('the ARN', config.database.arn, settings.arn)
      const kept = config.frontDoors.flatMap(groupsOf)
      const group = facts.targetGroup.kind === 'known' ? facts.targetGroup.value.arn : undefined
      if (group !== undefined && !kept.includes(group)) {
        wrong.push(`the target group is ${kept.join(', ')}, not ${group}`)
      }
      const judgements: Judgement[] = facts.targetGroup.kind === 'unknown' ? [missingFact(facts.targetGroup)] : []
      if (wrong.length > 0) {
        judgements.push(
          problem(
            `The function's configuration differs from repoint.json: ${wrong.join('; ')}.`,
            'Deploy the stack again.',
          ),
        )
      }
      if (config.policies.length > 0) judgements.push(judgePolicies(config.policies))
      return judgements.length > 0
        ? judgements
        : [ok(`${configVariable} parses and names this database and target group.`)]
    }),
}

const judgePolicies = (policies: Config['policies']): Judgement => {
  const isOne = policies.length === 1
  const withhold = isOne ? `The policy ${policies[0]} withholds` : `The policies ${policies.join(', ')} withhold`
  return warning(
    `${withhold} steps: the function detects a moved writer and does not act, or not fully.`,
    `Remove ${isOne ? 'it' : 'them'} from policies in repoint.json and deploy, when ${isOne ? 'it is' : 'they are'} no longer needed.`,
  )
}

/** A watch must end before Lambda ends it. */
export const timeout: Check<DoctorFacts> = {
  name: 'function-timeout',
  question: 'Does the longest watch fit into the function’s timeout?',
  judge: facts =>
    whenKnown([facts.lambda], found => {
      const parsed = tryParse(found)
      if ('problem' in parsed) return []
      const { startedMs, healthyMs } = parsed.config.watch
      const needed = Math.ceil((startedMs + healthyMs) / 1000)
      if (needed < found.timeoutSeconds)
        return [ok(`The longest watch takes ${needed} s of the function's ${found.timeoutSeconds} s.`)]
      return [
        warning(
          `The longest watch takes ${needed} s, the function's timeout is ${found.timeoutSeconds} s: it ends early, before the new target is verified.`,
          'Set the timeout to 900 s by deploying the stack again, or shorten watch.startedMs and watch.healthyMs.',
        ),
      ]
    }),
}

const tryParse = (found: FunctionFacts): { config: Config } | { problem: Judgement } => {
  if (found.config === undefined && found.hidden !== undefined) {
    const fact = `Lambda does not show the variables of ${found.name}: ${found.hidden}`
    return { problem: unknown(fact, 'Allow kms:Decrypt with the key of the variables to whoever runs doctor.') }
  }
  try {
    return { config: parseConfig(configVariable, found.config) }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const [head] = error.message.split('\n')
    return {
      problem: problem(
        `The function cannot start: ${head} ${error.problems.join('; ')}.`,
        'Deploy the stack again; do not edit the variable by hand.',
      ),
    }
  }
}
