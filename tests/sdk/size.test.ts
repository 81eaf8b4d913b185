import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** Bytes of the whole browser client with its dependency, minified and compressed, as a page loads it. */
const limit = 7_000

test('the browser client stays small', async () => {
  const entry = fileURLToPath(new URL('../../sdk/src/index.ts', import.meta.url))
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  const [file] = outputFiles
  expect(gzipSync(file?.contents ?? '', { level: 9 }).length).toBeLessThanOrEqual(limit)
})
