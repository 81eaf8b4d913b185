import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { faultsIn, snippetsOf } from '../support/snippets.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const skipped = new Set(['node_modules', 'dist', '.git'])

/** Every README of the repository, as paths from its root. */
const readmes = (folder = ''): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : readmes(path)
    return entry.name === 'README.md' ? [path] : []
  })
const files = readmes()
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

test('every snippet compiles against the packages, and one that is stale does not', () => {
  const snippets = files.flatMap((path) => snippetsOf(path, 'ts'))
  expect(snippets.length).toBeGreaterThan(8)
  const stale = [
    { place: 'host', text: "await softgate.chekc({ account: 'acme', feature: 'seats' })" },
    { place: 'plan', text: "prices: [{ interval: 'monthly', currency: 'usd', per: 'seats', unitAmount: 1 }]" },
    { place: 'config', text: "changes: { quantityUpp: 'renewal' }," },
  ]
  const faults = faultsIn([...snippets, ...stale])
  const ofStale = (fault: string): boolean => stale.some(({ place }) => fault.startsWith(`${place}: `))
  expect(faults.filter((fault) => !ofStale(fault))).toEqual([])
  expect(stale.map(({ place }) => faults.filter((fault) => fault.startsWith(place)).length)).toEqual([1, 1, 1])
})

interface Command {
  meta: { name: string }
  args?: object
}

/** The options of the command line by its commands, as each command declares them. */
async function commands(): Promise<Map<string, string[]>> {
  const folder = join(root, 'server/cli/commands')
  const found = new Map<string, string[]>()
  for (const file of readdirSync(folder)) {
    const name = file.replace(/\.ts$/, '')
    const loaded: Record<string, Command> = await import(join(folder, file))
    const [command] = Object.values(loaded).filter(({ meta }) => meta.name === name)
    if (command) found.set(`softgate ${name}`, Object.keys(command.args ?? {}))
  }
  return found
}

/** A script and the files that it names, one of which does what it was called for. */
function withNamed(path: string): string {
  const text = read(path)
  const named = [...text.matchAll(/'(\.{1,2}\/[\w/.-]+\.(?:mjs|ts))'/g)].map(([, to = '']) => join(dirname(path), to))
  return [text, ...named.filter((to) => existsSync(join(root, to))).map(read)].join('\n')
}

/** The options of the repository's own scripts, as their files read them. */
function scripts(): Map<string, string[]> {
  const { scripts: all } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  return new Map(
    Object.entries(all).map(([name, line]) => {
      const text = (line.match(/[\w/.-]+\.mjs/g) ?? []).map(withNamed).join('\n')
      const options = [...text.matchAll(/'--([a-z-]+)'|\b([a-z]+): \{ type: '(?:boolean|string)'/g)].map(
        ([, compared, declared]) => compared ?? declared ?? '',
      )
      // Npm's own: it keeps quiet.
      return [/^(start|test)$/.test(name) ? `npm ${name}` : `npm run ${name}`, [...options, 'silent']]
    }),
  )
}

/** Lines with what of them is code: of prose the words in backticks, of a block for the shell all but its comments. */
function codeIn(path: string): string[] {
  const text = read(path)
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '').split('\n')
  return [
    ...prose.map((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, code]) => code).join(' ; ')),
    ...snippetsOf(path, 'sh').flatMap((one) => one.text.split('\n').map((line) => line.replace(/\s+#.*/, ''))),
  ]
}

const flags = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })
const isOfNode = (option: string): boolean => flags.includes(`--${option.replace(/^no-/, '')} `)

test('every command and every option that is named is there', async () => {
  const known = new Map([...(await commands()), ...scripts()])
  const named = new Set<string>()
  const unknown = files.flatMap((path) =>
    codeIn(path).flatMap((line) => {
      const of = [...line.matchAll(/(?<![\w@/.-])(softgate [a-z]+|npm run [a-z-]+|npm (?:start|test))(?![\w-])/g)].map(
        ([command]) => command,
      )
      for (const command of of) named.add(command)
      // An option beside no command is one of any.
      const options = (of.length > 0 ? of : [...known.keys()]).flatMap((command) => known.get(command) ?? [])
      return [
        ...of.filter((command) => !known.has(command)),
        ...[...line.matchAll(/(?<=^|\s)--(?!softgate-)([a-z][a-z-]*)/g)].flatMap(([whole, option = '']) =>
          options.includes(option) || (/\bnode --/.test(line) && isOfNode(option)) ? [] : [whole],
        ),
      ].map((what) => `${path}: ${what} in ${line}`)
    }),
  )
  expect(unknown).toEqual([])
  expect([...known.keys()].filter((command) => command.startsWith('softgate ') && !named.has(command))).toEqual([])
})

test('every file that is linked is there', () => {
  const gone = files.flatMap((path) =>
    [...read(path).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].flatMap(([, target = '']) =>
      existsSync(join(root, dirname(path), target)) ? [] : [`${path}: ${target}`],
    ),
  )
  expect(gone).toEqual([])
})
