import { readAwsError } from '../../functions/reconciler/adapters/aws-errors.ts'

const pauseMs = 5_000
const triesForMs = 60_000

/** A new role's permissions take a while to spread: what is denied is asked again, for a minute. */
export const whenAllowed = async <Answer>(
  ask: () => Promise<Answer>,
  sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms)),
): Promise<Answer> => {
  for (let spentMs = 0; ; spentMs += pauseMs) {
    try {
      return await ask()
    } catch (error) {
      if (readAwsError(error).kind !== 'denied' || spentMs >= triesForMs) throw error
      await sleep(pauseMs)
    }
  }
}
