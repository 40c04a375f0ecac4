import { fileURLToPath } from 'node:url'
import { Code, type InlineCode } from 'aws-cdk-lib/aws-lambda'
import { buildSync } from 'esbuild'

const scripts = new Map<string, string>()

/**
 * A custom resource's handler as one script inside the template: nothing to upload, no bucket that the account must
 * have, and readable where it is deployed. The AWS SDK is the runtime's own. CloudFormation takes up to 4 MB so
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-lambda-function-code.html; it was 4096
 * characters once), whole templates up to 1 MB.
 *
 * @param module path under `infra`, which exports `handler`
 */
export const inlineScript = (module: string): InlineCode => Code.fromInline(scriptOf(module))

/** The script itself. */
export const scriptOf = (module: string): string => {
  const script = scripts.get(module) ?? bundle(module)
  scripts.set(module, script)
  return script
}

const bundle = (module: string): string => {
  const { outputFiles } = buildSync({
    // Not an entry point with an export: esbuild's way to make a CommonJS module of one is a fifth of the script.
    stdin: {
      contents: `import { handler } from './${module}'; exports.handler = handler`,
      resolveDir: fileURLToPath(new URL('..', import.meta.url)),
    },
    banner: { js: '"use strict";' },
    logOverride: { 'commonjs-variable-in-esm': 'silent' },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    external: ['@aws-sdk/*'],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
  })
  return outputFiles[0]?.text ?? ''
}
