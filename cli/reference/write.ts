import { readFileSync, writeFileSync } from 'node:fs'
import { createProgram } from '../program.ts'
import { constructsPage } from './constructs.ts'
import { withGeneratedTables } from './deploying.ts'
import { referenceOf } from './reference.ts'
import { settingsReference } from './settings-reference.ts'

/** `npm run docs` */
writeFileSync(new URL('../../docs/cli.md', import.meta.url), referenceOf(createProgram()))
writeFileSync(new URL('../../docs/constructs.md', import.meta.url), constructsPage())
const deploying = new URL('../../docs/deploying.md', import.meta.url)
writeFileSync(deploying, withGeneratedTables(readFileSync(deploying, 'utf8')))
writeFileSync(new URL('../../docs/settings.md', import.meta.url), settingsReference())
