// The types of the matchers that vitest.config.ts sets up.
import 'aws-sdk-client-mock-vitest/extend'
