import { readAwsError } from '../../functions/reconciler/adapters/aws-errors.ts'

const pauseMs = 5_000
const triesForMs = 60_000

/** Asks again for a minute, every five seconds, as long as the refusal is one that passes. @throws the last refusal */
export const askAgain = async <Answer>(
  ask: () => Promise<Answer>,
  isPassing: (error: unknown) => boolean,
): Promise<Answer> => {
  for (let spentMs = 0; ; spentMs += pauseMs) {
    try {
      return await ask()
    } catch (error) {
      if (!isPassing(error) || spentMs >= triesForMs) throw error
      await new Promise<void>(resolve => setTimeout(resolve, pauseMs))
    }
  }
}

/** A new role's permissions take a while to spread: what is denied is asked again. */
export const whenAllowed = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
  askAgain(ask, error => readAwsError(error).kind === 'denied')
