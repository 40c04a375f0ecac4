import { App } from 'aws-cdk-lib'
import { SandboxStack } from './sandbox-stack.ts'

const app = new App()
new SandboxStack(app, 'RepointSandbox', {
  description: 'Repoint to try out: costs by the hour, see examples/sandbox/README.md for how to remove it',
})
app.synth()
