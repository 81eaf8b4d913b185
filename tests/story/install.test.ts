import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { freshFolder } from '../support/folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a fresh clone has before anything is installed, as far as the start script reads it. */
function freshClone(): string {
  const folder = freshFolder()
  for (const path of ['package.json', 'package-lock.json', '.ci', 'examples/start.mjs', 'examples/run.mjs']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  return folder
}

/** A folder of programs that holds only these: the PATH of a machine that lacks everything else. */
function pathWith(...programs: string[]): string {
  const folder = freshFolder()
  for (const program of programs) {
    const { stdout } = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' })
    symlinkSync(stdout.trim(), join(folder, program))
  }
  return folder
}

test.runIf(process.versions.node.startsWith('20.') && process.platform !== 'win32')(
  'a machine without build tools gets one clear line that names what is missing and how to get it',
  () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['examples/start.mjs', 'examples/run.mjs'], {
      cwd: freshClone(),
      encoding: 'utf8',
      env: { PATH: pathWith('npm', 'node', 'python3'), HOME: freshFolder() },
    })
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(/needs make, a C\+\+ compiler\. Install with "/)
  },
)
