import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The widget as an app bundles it that has it from npm: what `tsc` makes of the packages, with Preact and its signals
 * themselves, under an app's own bundler. By name, `page.js` being the app.
 */
export async function npmWidget(app: string): Promise<ReadonlyMap<string, string>> {
  // Inside the repository, so that dependencies are found from there.
  const folder = mkdtempSync(join(root, 'node_modules', '.softgate-npm-'))
  try {
    return await bundle(folder, app)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function bundle(folder: string, app: string): Promise<ReadonlyMap<string, string>> {
  for (const name of ['sdk', 'widget'])
    execFileSync(
      process.execPath,
      [
        join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
        ...[
          '-p',
          `${name}/tsconfig.build.json`,
          '--noCheck',
          '--declaration',
          'false',
          '--declarationMap',
          'false',
          '--outDir',
          join(folder, name),
        ],
      ],
      { cwd: root },
    )
  const { outputFiles } = await build({
    stdin: { contents: app, resolveDir: folder },
    entryNames: 'page',
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    write: false,
    minify: true,
    alias: {
      '@softgate/sdk': join(folder, 'sdk', 'index.js'),
      '@softgate/widget': join(folder, 'widget', 'index.js'),
    },
    logLevel: 'error',
  })
  return new Map(outputFiles.map(({ path, text }) => [path.slice(1), text]))
}
