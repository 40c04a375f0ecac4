import { App } from 'aws-cdk-lib'
import type { MigrationStage } from 'repoint/cdk'
import { SandboxStack } from './sandbox-stack.ts'

const app = new App()
const said = (key: string) => app.node.tryGetContext(key) as string | undefined
const percent = said('percent')

// The migration: -c stage=shadow, then -c stage=shift -c from=shadow -c percent=10, and so on.
new SandboxStack(app, 'RepointSandbox', {
  description: 'Repoint to try out: costs by the hour, see examples/sandbox/README.md for how to remove it',
  stage: (said('stage') ?? 'nlb') as MigrationStage,
  from: (said('from') ?? 'nlb') as MigrationStage,
  ...(percent === undefined ? {} : { percent: Number(percent) }),
})
app.synth()
