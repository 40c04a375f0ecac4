import 'aws-sdk-client-mock-vitest/extend'
import { configureGlobal } from 'fast-check'

/** Below the limit of a test, so that a property that takes too long still names its seed. */
configureGlobal({ interruptAfterTimeLimit: 50_000, markInterruptAsFailure: true })
