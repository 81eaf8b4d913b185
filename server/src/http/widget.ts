import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Hono } from 'hono'
import { ProblemError } from '../kernel/problem.ts'

interface File {
  readAt: number
  tag: string
  plain: Uint8Array<ArrayBuffer>
  zipped: Uint8Array<ArrayBuffer>
}

/** Any page may load these files, wherever it is from; they hold nothing of anybody's. */
const headers = {
  'content-type': 'text/javascript; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  vary: 'accept-encoding',
}

/** The folder of the script tag in the package that is installed beside this one; a name for it where there is none. */
function installed(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@softgate/widget/package.json')), 'dist', 'script')
  } catch {
    return '@softgate/widget/dist/script'
  }
}

/**
 * `GET /widget.js`, the widget for a script tag, and the parts that it loads later. Their names change with what is in
 * them, so browsers may keep them for ever; of `widget.js` they ask again after five minutes.
 */
export function widgetRoutes(app: Hono, folder: string = installed()): void {
  const files = new Map<string, File>()

  const find = (name: string): File => {
    const path = join(folder, name)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat) throw new ProblemError('route_unknown', whyMissing(folder, name))
    const known = files.get(name)
    if (known?.readAt === stat.mtimeMs) return known
    const plain = new Uint8Array(readFileSync(path))
    const tag = `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 16)}"`
    const file = { readAt: stat.mtimeMs, tag, plain, zipped: new Uint8Array(gzipSync(plain, { level: 9 })) }
    files.set(name, file)
    return file
  }

  app.get('/:file{widget(?:-[\\w-]+)?\\.js}', (c) => {
    const name = c.req.param('file')
    const { tag, plain, zipped } = find(name)
    const keep = name === 'widget.js' ? 'max-age=300' : 'max-age=31536000, immutable'
    const all = { ...headers, etag: tag, 'cache-control': `public, ${keep}` }
    if (c.req.header('if-none-match') === tag) return c.body(null, 304, all)
    if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return c.body(plain, 200, all)
    return c.body(zipped, 200, { ...all, 'content-encoding': 'gzip' })
  })
}

const whyMissing = (folder: string, name: string): string =>
  statSync(join(folder, 'widget.js'), { throwIfNoEntry: false })
    ? `There is no ${name} in this version of the widget. The page that asks for it is older: load it anew.`
    : `The widget is not built: there is no ${join(folder, 'widget.js')}. Run "npm run build" in the repository.`
