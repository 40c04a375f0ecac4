import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { terraformContract } from './terraform/contract.ts'
import { asTerraformTemplate } from './terraform/placeholders.ts'

/** What the Terraform module reads instead of stating it again. */
export const contractFile = fileURLToPath(new URL('../../terraform/generated.json.tftpl', import.meta.url))

export const contractText = (): string => asTerraformTemplate(terraformContract())

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(contractFile, contractText())
