import { createHash } from 'node:crypto'

/** Eight characters for names and logical ids: another value is another resource. */
export const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8)
