/**
 * Files share a worker, and Stryker’s counts of what each test covers with it: what one file has reported already would be
 * reported again by each one after it.
 */
const stryker = (globalThis as { __stryker__?: { mutantCoverage?: { static: object; perTest: object } } }).__stryker__
if (stryker?.mutantCoverage) Object.assign(stryker.mutantCoverage, { static: {}, perTest: {} })
