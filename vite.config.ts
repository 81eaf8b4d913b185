import { defaultClientConditions, defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

const sources = 'softgate-source'
const typescript = new URL('.ci/typescript.mjs', import.meta.url).href

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
    maxWorkers: 2,
    // Bounds for what hangs, never measures: a busy machine takes ten times as long as a quiet one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    restoreMocks: true,
    // What is polled for comes when it comes on a busy machine; a test that waits in vain still fails.
    expect: { requireAssertions: true, poll: { timeout: 30_000, interval: 20 } },
  },
})
