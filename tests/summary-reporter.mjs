import { writeFileSync } from 'node:fs'

/** For `tests/run.mjs`: which tests passed, which failed, and which passed only when they were tried again. */
export default class SummaryReporter {
  onTestRunEnd(modules) {
    const summary = { passed: 0, failed: [], again: [] }
    for (const module of modules)
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result()
        const name = `${module.relativeModuleId} > ${test.fullName}`
        if (state === 'failed') summary.failed.push(name)
        else if (state === 'passed') {
          summary.passed++
          if (test.diagnostic()?.flaky) summary.again.push(`${name}\n    ${errors?.[0]?.message ?? ''}`)
        }
      }
    writeFileSync(process.env.SOFTGATE_TEST_SUMMARY, JSON.stringify(summary))
  }
}
