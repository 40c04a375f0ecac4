import { writeFileSync } from 'node:fs'
import { createProgram } from '../program.ts'
import { referenceOf } from './reference.ts'

/** `npm run docs` */
writeFileSync(new URL('../../docs/cli.md', import.meta.url), referenceOf(createProgram()))
