import type { Moment } from '../model.ts'

/** What happened, as a sentence for people. No fields, no JSON: what a sentence leaves out is in the record. */

type Fields = Readonly<Record<string, unknown>>

export interface Sentence {
  readonly text: string
  readonly tone?: 'good' | 'bad' | 'repoint'
  /** A run that found everything in place: several of them are one line. */
  readonly isQuiet?: true
}

type Say = (fields: Fields) => Sentence | undefined

const good = (text: string): Sentence => ({ text, tone: 'good' })
const bad = (text: string): Sentence => ({ text, tone: 'bad' })
const repoint = (text: string): Sentence => ({ text, tone: 'repoint' })
const inZone = (zone: unknown): string => (zone === undefined ? '' : ` in ${zone}`)
const connectionOf = ({ connection }: Fields): string =>
  ({ fresh: 'New connections', 'long-lived': 'The kept connection' })[String(connection)] ??
  `Connections of ${connection}`

const reasonText = (reason: unknown): string => String(reason ?? 'no reason given').replaceAll('-', ' ')

const listed = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value))

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const call =
  (does: string, wants: string, whom?: string): Say =>
  ({ targets, error, caller }) => {
    const who = caller === 'operator' ? 'You' : 'Repoint'
    const subject = whom ?? String(targets ?? 'a target')
    if (error !== undefined)
      return bad(`AWS refuses to let ${who === 'You' ? 'you' : who} ${wants} ${subject}: ${error}.`)
    return repoint(who === 'You' ? `You ${wants} ${subject}.` : `Repoint ${does} ${subject}.`)
  }

const because: Readonly<Record<string, string>> = {
  'Elb.RegistrationInProgress': 'the load balancer takes the registration in',
  'Elb.InitialHealthChecking': 'its health is checked for the first time',
  'Target.FailedHealthChecks': 'it does not answer health checks',
  'Target.DeregistrationInProgress': 'it is being deregistered',
  'Target.NotRegistered': 'it is deregistered',
}

const sayTarget: Say = ({ target: name, state, reason }) => {
  if (reason === 'Target.NotRegistered') return { text: `Target ${name} is gone.` }
  const why = because[String(reason)]
  const text = `Target ${name} is ${state}${why === undefined ? '' : `: ${why}`}.`
  return state === 'healthy' ? good(text) : state === 'unhealthy' ? bad(text) : { text }
}

const finished = ({ outcome, reason, trigger }: Fields): Sentence => {
  const woken = isFields(trigger) ? trigger : {}
  const by = woken.eventId === undefined ? 'The scheduled run' : `The run that ${woken.eventId} woke`
  if (outcome === 'in-sync') {
    if (woken.eventId === undefined) return { text: 'The scheduled run finds everything in place.', isQuiet: true }
    return { text: `${by} ends: ${reasonText(reason)}.` }
  }
  return outcome === 'repointed'
    ? repoint(`${by} ends: ${reasonText(reason)}.`)
    : bad(`${by} ends ${outcome}: ${reasonText(reason)}.`)
}

/** By lane and constant sentence. */
const sayings: Readonly<Record<string, Say>> = {
  'rds The writer stops answering': ({ ip, zone }) => bad(`The writer ${ip}${inZone(zone)} stops answering.`),
  'rds The writer restarts': ({ ip }) => bad(`The writer ${ip} restarts where it is.`),
  'rds Status changed': ({ status }) => ({ text: `RDS calls the database ${status}.` }),
  'rds The standby is the writer': ({ ip, zone }) => good(`The standby ${ip}${inZone(zone)} is the writer now.`),
  'rds Blue and green drop their connections': ({ blue, green }) =>
    bad(`The switchover begins: ${blue} (blue) and ${green} (green) drop their connections and accept none.`),
  'rds The green environment is the writer': ({ ip, zone }) =>
    good(`The green environment's ${ip}${inZone(zone)} accepts writes now.`),
  'rds The old blue environment reads on': ({ ip }) => ({
    text: `The old writer ${ip} answers reads on its address, so health checks call it healthy.`,
  }),
  'rds A zone stops answering': ({ zone }) => bad(`Everything of the database in ${zone} stops answering.`),
  'rds The zone answers again': ({ zone }) => good(`${zone} answers again: what was the writer there is the standby.`),
  'rds The standby is replaced': ({ from, to }) => ({ text: `RDS replaces the standby ${from} by ${to}.` }),
  'rds The old writer refuses connections': ({ instance, ip }) =>
    bad(`The writer ${instance} (${ip}) refuses connections.`),
  'rds The new writer restarts': ({ instance, ip }) => ({
    text: `${instance} (${ip}) restarts, to become the writer.`,
  }),
  'rds The old writer starts again': ({ instance, ip }) => ({
    text: `The old writer ${instance} (${ip}) starts again.`,
  }),
  'rds The old writer is back as a reader': ({ instance, ip }) => ({
    text: `The old writer ${instance} (${ip}) is back as a reader: it accepts connections and refuses writes.`,
  }),
  'rds The new writer accepts writes': ({ instance, ip }) => good(`${instance} (${ip}) accepts writes now.`),
  'rds DescribeDBClusters names the new writer': ({ writer }) => ({
    text: `The RDS API names ${writer} as the writer.`,
  }),
  'dns The endpoint points elsewhere': ({ ip }) => ({ text: `The database's DNS name leads to ${ip} now.` }),
  'dns The consumer’s resolver knows the hosted zone as it is': () => ({
    text: 'The consumer’s DNS has the new records.',
  }),
  'event Event delivered': ({ eventId, detailType }) => ({
    text: `EventBridge wakes the function with ${eventId ?? detailType}.`,
  }),
  'event Event lost': ({ eventId, detailType }) => bad(`${eventId ?? detailType} gets lost on its way.`),
  'event Event published': ({ detailType, reason }) =>
    repoint(`Repoint publishes "${detailType}": ${reasonText(reason)}.`),
  'event Event given up': ({ attempts }) => bad(`Lambda gives an event up after ${attempts} attempts.`),
  'function Writer moved': ({ from, to }) =>
    repoint(`Repoint sees that the writer has moved from ${listed(from)} to ${listed(to)}.`),
  'function AWS asked us to wait': () => bad('AWS throttles Repoint, which waits and tries again.'),
  'function AWS did not answer': () => bad('AWS does not answer Repoint, which tries again.'),
  'function Reconcile failed': () => bad('The function fails; Lambda will run it again.'),
  'function Invocation failed': ({ attempt }) => bad(`Attempt ${attempt} of the function fails.`),
  'function Reconcile finished': ({ report }) => finished(isFields(report) ? report : {}),
  'targets A target changed its state': sayTarget,
  'targets New connections go to': ({ targets, failsOpen }) =>
    failsOpen
      ? bad(`The load balancer sends new connections to ${targets} although it is not healthy: none is.`)
      : { text: `The load balancer sends new connections to ${targets}.` },
  'targets new connections get nowhere': () => bad('The load balancer has no target: new connections get nowhere.'),
  'targets the listener follows its weights': ({ weights }) => ({
    text: `The load balancer follows the weights ${weights}.`,
  }),
  'targets The gateway takes new connections there': ({ ip }) => ({
    text: `The resource gateway sends new connections to ${ip}.`,
  }),
  'client The application fails': fields =>
    bad(`${connectionOf(fields)} fail: ${fields.error}.`.replace('connection fail:', 'connection fails:')),
  'client The application fails in another way': fields => bad(`${connectionOf(fields)}: ${fields.error} now.`),
  'client The application works again': fields =>
    good(
      `${connectionOf(fields)} ${fields.connection === 'fresh' ? 'work' : 'works'} again after ${fields.outageSeconds} s.`,
    ),
  'lab The stack is deployed again': () => ({ text: 'The stack is deployed again.' }),
  'lab A stack is deployed': ({ side }) => ({ text: `The ${side}'s stack is deployed.` }),
  'lab Button': ({ title }) => ({ text: `Button: ${title}.` }),
  'lab Action failed': ({ error }) => bad(`That was refused: ${error}`),
  'lab Writes checked': ({ acknowledged, lost }) =>
    (lost === 0 ? good : bad)(`Of ${acknowledged} acknowledged writes ${lost === 0 ? 'none is' : `${lost} are`} lost.`),
  'api RegisterTargets': call('registers', 'register'),
  'api DeregisterTargets': call('deregisters', 'deregister'),
  'api ModifyListener': call('gives weight to', 'change the weights of', 'the writer’s target group'),
}

/** `undefined`: a read, or what another sentence says already. */
export const sayMoment = ({ lane, what, fields }: Moment): Sentence | undefined => {
  const say = sayings[`${lane} ${what}`]
  if (say) return say(fields)
  if (lane === 'api') return fields.caller === 'operator' && isWrite(what) ? { text: `You call ${what}.` } : undefined
  if (lane === 'function') return undefined
  if (lane === 'rds' && fields.eventId !== undefined) return { text: `RDS sends ${fields.eventId}: ${what}` }
  const text = `${what.slice(0, 1).toUpperCase()}${what.slice(1)}`
  return { text: /[.!?]$/.test(text) ? text : `${text}.` }
}

export const isWrite = (action: string): boolean => !/^(Describe|Get|List|Filter|PutEvents)/.test(action)
