import { defaultClientConditions, defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const sources = 'softgate-source'
const typescript = new URL('.ci/typescript.mjs', import.meta.url).href

/** Files that take longest, the longest first: one of them alone at the end would be waited for. */
const long = [
  'widget/states',
  'teamflow/',
  'store/postgres',
  'story/crash',
  'story/every-cut',
  'story/start',
  'cli/',
  'durability/kills',
  'story/two-processes',
  'widget/lifecycle',
  'widget/dialog',
  'widget/comes-back',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = long.findIndex((name) => moduleId.includes(`/tests/${name}`))
      return place < 0 ? long.length : place
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  resolve: { conditions: [sources, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [sources, ...defaultServerConditions], externalConditions: [sources] } },
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/postgres-server.ts'],
    setupFiles: ['tests/support/setup.ts'],
    pool: 'forks',
    // Loading the server and the tools takes longer than most tests: each worker does it once, not once a file.
    isolate: false,
    // SQLite's writer is a worker thread that loads TypeScript by itself: a thread inherits these from its process.
    execArgv: [`--conditions=${sources}`, `--import=${typescript}`],
    // One more than CI has processors: tests wait for browsers, disks and databases.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // What a page complained about is read in the summary, too.
    chaiConfig: { truncateThreshold: 400 },
    // Bounds for what hangs, never measures: a busy machine takes ten times as long as a quiet one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    restoreMocks: true,
    // What is polled for comes when it comes on a busy machine; a test that waits in vain still fails.
    expect: { requireAssertions: true, poll: { timeout: 30_000, interval: 20 } },
  },
})
