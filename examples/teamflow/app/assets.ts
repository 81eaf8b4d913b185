import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Hono } from 'hono'

export interface Assets {
  script: string
  style: string
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const styles = ['tokens', 'base', 'shell', 'parts', 'board', 'settings'].map((name) => here(`./style/${name}.css`))

/** Bundles what the browser runs, once at the start; the names change with the content, so they may be kept for ever. */
export async function serveAssets(app: Hono): Promise<Assets> {
  const { outputFiles } = await build({
    entryPoints: [here('./browser/main.tsx')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: true,
    conditions: ['softgate-source'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  const serve = (name: string, type: string, text: string): string => {
    const hash = createHash('sha256').update(text).digest('base64url').slice(0, 10)
    const path = `/assets/${name.replace('.', `-${hash}.`)}`
    app.get(path, (c) =>
      c.body(text, 200, { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' }),
    )
    return path
  }
  return {
    script: serve('app.js', 'text/javascript; charset=utf-8', outputFiles[0]?.text ?? ''),
    style: serve('app.css', 'text/css; charset=utf-8', styles.map((path) => readFileSync(path, 'utf8')).join('\n')),
  }
}
