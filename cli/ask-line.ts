import { createInterface } from 'node:readline/promises'

/**
 * One line of whoever is at the terminal; empty at the end of the input.
 * @throws the reason of the signal, which Ctrl-C aborts
 */
export const askLine = async (question: string, signal: AbortSignal): Promise<string> => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  // A terminal in raw mode makes no signal of Ctrl-C.
  terminal.on('SIGINT', () => process.emit('SIGINT'))
  // A question whose input ends is never answered (https://github.com/nodejs/node/issues/53497).
  const ended = new Promise<string>(resolve => terminal.once('close', () => resolve('')))
  try {
    const answer = await Promise.race([terminal.question(`${question} `, { signal }), ended])
    signal.throwIfAborted()
    return answer.trim()
  } finally {
    terminal.close()
  }
}
