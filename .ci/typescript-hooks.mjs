// Strips types as Node loads a file. What came out is kept on disk: every server, command and writer thread of the tests
// loads the same sources.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cache = fileURLToPath(new URL('../node_modules/.cache/softgate-typescript/', import.meta.url))
const hash = (text) => createHash('sha1').update(text).digest('base64url')
/** What is kept from another version of this file or of Node counts for nothing. */
const version = hash(process.version + readFileSync(new URL(import.meta.url), 'utf8'))

export async function load(url, context, nextLoad) {
  if (!/^file:[^?#]*\.tsx?([?#]|$)/.test(url)) return nextLoad(url, context)
  const path = fileURLToPath(url)
  const text = readFileSync(path, 'utf8')
  const mark = `\n// ${version} ${hash(text)}\n`
  const place = join(cache, `${hash(path)}.js`)
  const kept = read(place)
  const source = kept?.endsWith(mark) ? kept : keep(place, (await strip(text, path)) + mark)
  return { format: 'module', source, shortCircuit: true }
}

/** With its source map: errors name lines of the source under `--enable-source-maps`. */
async function strip(text, path) {
  const { transform } = await import('esbuild')
  const { code } = await transform(text, {
    loader: path.endsWith('x') ? 'tsx' : 'ts',
    target: 'node20',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcefile: path,
    sourcemap: 'inline',
    sourcesContent: false,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  })
  return code
}

function read(place) {
  try {
    return readFileSync(place, 'utf8')
  } catch {
    return null
  }
}

/** Others may write the same file at the same time: it appears whole or not at all. */
function keep(place, source) {
  try {
    mkdirSync(cache, { recursive: true })
    const own = `${place}.${process.pid}`
    writeFileSync(own, source)
    renameSync(own, place)
  } catch {
    // Where nothing can be kept, it is made again.
  }
  return source
}
