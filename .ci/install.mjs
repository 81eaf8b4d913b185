// Makes sure that what package-lock.json names is installed; every command of the repository calls it first. Plain Node.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const inRoot = (...parts) => join(root, ...parts)
const native = 'better-sqlite3'

/** Installs what is missing, saying so; ends the process with one clear line where that cannot work. */
export async function ensureInstalled() {
  checkNode()
  const reason = whatIsMissing()
  if (reason === null) return
  checkNpm()
  checkCompiler()
  checkWritable()
  const locked = existsSync(inRoot('package-lock.json'))
  say(
    `${reason}: running "npm ${locked ? 'ci' : 'install'}"${compiles() ? `; ${native} compiles for about a minute` : ''}`,
  )
  await install(locked)
  if (!nativeLoads())
    fail(`${native} is installed but does not load. Run "npm rebuild ${native}" and read what it says.`)
}

/** Why an install is needed, or null. */
function whatIsMissing() {
  const installed = readJson('node_modules', '.package-lock.json')
  if (!installed) return 'The dependencies are not installed'
  const wanted = readJson('package-lock.json')
  if (wanted && !matches(wanted.packages, installed.packages)) return 'The dependencies have changed'
  if (!nativeLoads()) return `${native} is not built for Node ${process.versions.node}`
  return null
}

/** Whether npm's own record of what it installed is what the lock file says. Times of files say little after a checkout. */
function matches(wanted, installed) {
  return Object.entries(wanted).every(([path, { version, link, resolved, optional, peer }]) => {
    if (!path.includes('node_modules/')) return true
    const there = installed[path]
    if (!there) return Boolean(optional || peer)
    return link ? there.link && there.resolved === resolved && existsSync(inRoot(path)) : there.version === version
  })
}

/** In a process of its own: a library that was found broken once stays broken in the process that tried. */
function nativeLoads() {
  if (!existsSync(inRoot('node_modules', native))) return false
  const path = createRequire(inRoot('package.json')).resolve(native)
  const script = `new (require(${JSON.stringify(path)}))(':memory:').close()`
  return spawnSync(process.execPath, ['-e', script], { stdio: 'ignore' }).status === 0
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(
    `Node ${process.versions.node} is too old: 20.19 or newer is needed. Get it from nodejs.org or your version manager.`,
  )
}

function checkNpm() {
  const { status } = spawnSync(...npm(['--version']), { stdio: 'ignore', shell: process.platform === 'win32' })
  if (status !== 0)
    fail('npm was not found. It comes with Node from nodejs.org; on Debian and Ubuntu: apt-get install npm.')
}

const compiles = () => process.versions.node.startsWith('20.')

function checkCompiler() {
  if (!compiles() || process.platform === 'win32') return
  const have = (...names) => names.some((name) => name && onPath(name))
  const missing = [
    have(process.env.PYTHON, 'python3') || 'python3',
    have(process.env.MAKE, 'make', 'gmake') || 'make',
    have(process.env.CXX, 'g++', 'clang++', 'c++') || 'a C++ compiler',
  ].filter((name) => name !== true)
  if (missing.length === 0) return
  const how = process.platform === 'darwin' ? 'xcode-select --install' : 'apt-get install python3 make g++'
  fail(
    `${native} is compiled on Node 20 and needs ${missing.join(', ')}. Install with "${how}", or use Node 22 or newer.`,
  )
}

function onPath(name) {
  const [program] = name.split(' ')
  if (program.includes('/')) return existsSync(program)
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder && existsSync(join(folder, program)))
}

function checkWritable() {
  try {
    rmdirSync(mkdtempSync(inRoot('.install-')))
  } catch (error) {
    fail(
      `The dependencies cannot be installed: ${root} is not writable (${error.code}). Use a copy that you may write to.`,
    )
  }
}

/** npm as it was called, where a script of npm runs us; else the one on the path. */
function npm(args) {
  const path = process.env.npm_execpath
  return path?.endsWith('npm-cli.js') ? [process.execPath, [path, ...args]] : ['npm', args]
}

async function install(locked) {
  const start = performance.now()
  let { args, code, output } = await run(locked ? ['ci'] : ['install'])
  // A lock file written on one platform may lack optional packages of another: npm ci refuses it, npm install does not.
  if (locked && code !== 0 && output.includes('are in sync')) {
    say('The lock file lacks optional packages of other platforms: running "npm install" with the versions it names')
    ;({ args, code, output } = await run(['install', '--no-save']))
  }
  const seconds = Math.round((performance.now() - start) / 1_000)
  if (code === 0) return say(`Installed in ${seconds} s`)
  process.stderr.write(output.slice(-4_000))
  fail(`"npm ${args.join(' ')}" failed after ${seconds} s; its last words are above.`)
}

async function run(args) {
  const child = spawn(...npm([...args, '--no-audit', '--no-fund']), {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && !process.env.npm_execpath,
  })
  const chunks = []
  child.stdout.on('data', (chunk) => chunks.push(chunk))
  child.stderr.on('data', (chunk) => chunks.push(chunk))
  const stop = showSeconds()
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(1))
    child.on('close', resolve)
  })
  stop()
  return { args, code, output: Buffer.concat(chunks).toString() }
}

function showSeconds() {
  const start = performance.now()
  const seconds = () => Math.round((performance.now() - start) / 1_000)
  const tty = process.stderr.isTTY
  const timer = setInterval(
    () => (tty ? process.stderr.write(`\rInstalling, ${seconds()} s `) : say(`Installing, ${seconds()} s`)),
    tty ? 1_000 : 10_000,
  )
  return () => {
    clearInterval(timer)
    if (tty) process.stderr.write('\r\x1b[K')
  }
}

function readJson(...parts) {
  try {
    return JSON.parse(readFileSync(inRoot(...parts), 'utf8'))
  } catch {
    return null
  }
}

const say = (line) => void process.stderr.write(`${line}\n`)

function fail(line) {
  say(line)
  process.exit(1)
}
