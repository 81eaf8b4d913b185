// Everything that must hold: `npm test`. Goes on after a failure; the last line is `N passed, N failed`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from '../.ci/install.mjs'
import { runTool } from '../.ci/tool.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
await ensureInstalled()

const total = { passed: 0, failed: 0 }

// Each runs on one processor: side by side they take half the time.
await Promise.all([statics(), step('build', process.execPath, ['.ci/build.mjs'])])
await step('sizes', 'size-limit', [])
await vitest()

console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1

async function statics() {
  await step('migrations are current', process.execPath, ['.ci/migrations.mjs'])
  await step('lint and format', 'biome', ['check', '--max-diagnostics=50'])
  await step('unused code and dependencies', 'knip', [])
  await step('types', 'tsc', ['--noEmit'])
}

/** One check: counts as one, and shows what it said only when it failed. */
async function step(title, command, args, env) {
  const start = performance.now()
  const { status, output } = await runTool(command, args, env)
  total[status === 0 ? 'passed' : 'failed']++
  const seconds = ((performance.now() - start) / 1_000).toFixed(1)
  console.log(`${title}: ${status === 0 ? 'ok' : 'FAILED'} (${seconds} s)`)
  if (status !== 0) console.log(shortened(output))
  return status
}

/** One broken file can say the same ten thousand times; the beginning and the end are what people read. */
function shortened(output) {
  const lines = output.trimEnd().split('\n')
  if (lines.length <= 400) return lines.join('\n')
  return [...lines.slice(0, 300), `… ${lines.length - 400} lines left out …`, ...lines.slice(-100)].join('\n')
}

/**
 * The tests, each counted; the run itself counts as one more, as it can fail without any of them. Browsers, clocks and
 * several processes share a machine that may be busy: what fails is tried once more, and named where that passes.
 */
async function vitest() {
  const folder = mkdtempSync(join(tmpdir(), 'softgate-report-'))
  const summary = join(folder, 'summary.json')
  try {
    const reporters = ['--reporter=dot', '--reporter=./tests/summary-reporter.mjs']
    await step('tests', 'vitest', ['run', '--retry=1', ...reporters], { NO_COLOR: '1', SOFTGATE_TEST_SUMMARY: summary })
    const { passed, failed, again } = JSON.parse(readFileSync(summary, 'utf8'))
    total.passed += passed
    total.failed += failed.length
    console.log(`  ${passed} tests passed, ${failed.length} failed`)
    for (const name of failed) console.log(`  failed: ${name}`)
    for (const name of again) console.log(`  passed only when tried again: ${name}`)
  } catch (error) {
    console.log(`  no report: ${error.message}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
