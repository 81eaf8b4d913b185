import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Hono } from 'hono'

export interface Assets {
  script: string
  style: string
  /** Where Stripe.js comes from. */
  stripe?: string
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const styles = ['tokens', 'base', 'shell', 'parts', 'board', 'settings', 'usage', 'plans'].map((name) =>
  here(`./style/${name}.css`),
)

/**
 * Bundles what the browser runs, once at the start; the names change with the content, so they may be kept for ever. What
 * the widget loads late stays in files of its own.
 */
export async function serveAssets(app: Hono): Promise<Assets> {
  const { outputFiles } = await build({
    entryPoints: { app: here('./browser/main.tsx') },
    bundle: true,
    splitting: true,
    write: false,
    outdir: '/assets',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    format: 'esm',
    target: 'es2022',
    minify: true,
    conditions: ['softgate-source'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  const serve = (path: string, type: string, text: string): string => {
    app.get(path, (c) =>
      c.body(text, 200, { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' }),
    )
    return path
  }
  const scripts = outputFiles.map(({ path, text }) =>
    serve(`/assets/${basename(path)}`, 'text/javascript; charset=utf-8', text),
  )
  const css = styles.map((path) => readFileSync(path, 'utf8')).join('\n')
  const hash = createHash('sha256').update(css).digest('hex').slice(0, 8)
  return {
    script: scripts.find((path) => path.startsWith('/assets/app-')) ?? '',
    style: serve(`/assets/app-${hash}.css`, 'text/css; charset=utf-8', css),
  }
}
