import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { nodesOf, parse, sourcesIn, textOf } from '../support/sources.ts'

const products = sourcesIn('sdk/src', 'widget/src', 'server/src', 'server/sandbox')
const all = [...products, ...sourcesIn('server/migrations', 'tests', 'examples', '.ci'), 'vite.config.ts']
const typescript = all.filter((path) => /\.tsx?$/.test(path))

/** Where `node` stands, for a message. */
const at = (path: string, node: ts.Node): string =>
  `${path}:${parse(path).getLineAndCharacterOfPosition(node.getStart()).line + 1} ${node.getText().slice(0, 60)}`

const find = (paths: string[], matches: (node: ts.Node) => boolean): string[] =>
  paths.flatMap((path) =>
    nodesOf(path)
      .filter(matches)
      .map((node) => at(path, node)),
  )

const isMember = (node: ts.Node, object: string, name: string): boolean =>
  ts.isPropertyAccessExpression(node) && node.expression.getText() === object && node.name.text === name

const readsTheTime = (node: ts.Node): boolean =>
  isMember(node, 'Date', 'now') ||
  isMember(node, 'performance', 'now') ||
  (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)

const chances = new Set(['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues'])

const takesAChance = (node: ts.Node): boolean =>
  isMember(node, 'Math', 'random') ||
  (ts.isIdentifier(node) && chances.has(node.text) && !ts.isImportSpecifier(node.parent)) ||
  (ts.isImportSpecifier(node) && chances.has((node.propertyName ?? node.name).text))

const waits = new Set(['setTimeout', 'setInterval'])

/** The one file of each part that may. */
const homes: [what: string, matches: (node: ts.Node) => boolean, homes: [part: string, home: string][]][] = [
  [
    'the time',
    readsTheTime,
    [
      ['server/src/', 'server/src/kernel/clock.ts'],
      ['server/sandbox/', 'server/sandbox/defaults.ts'],
      ['sdk/src/host/', 'sdk/src/host/defaults.ts'],
      ['sdk/src/client/', 'sdk/src/client/page.ts'],
      ['widget/src/', 'widget/src/page.ts'],
    ],
  ],
  [
    'chance',
    takesAChance,
    [
      ['server/src/', 'server/src/kernel/ids.ts'],
      ['server/sandbox/', 'server/sandbox/defaults.ts'],
      ['sdk/src/host/', 'sdk/src/host/defaults.ts'],
      ['sdk/src/client/', 'sdk/src/client/page.ts'],
    ],
  ],
  [
    'timers',
    (node) => ts.isCallExpression(node) && ts.isIdentifier(node.expression) && waits.has(node.expression.text),
    [
      ['server/src/', 'server/src/kernel/clock.ts'],
      ['sdk/src/client/', 'sdk/src/client/page.ts'],
      ['widget/src/', 'widget/src/page.ts'],
    ],
  ],
]

describe('globals', () => {
  for (const [what, matches, parts] of homes) {
    it.each(parts)(`${what} in %s is taken in %s only`, (part, home) => {
      const others = products.filter((path) => path.startsWith(part) && path !== home)
      expect(find(others, matches)).toEqual([])
    })
  }
})

describe('the style of the house', () => {
  it('names its exports; only tools that ask for a default get one', () => {
    const files = all.filter((path) => !/(\.config\.ts|-reporter\.mjs)$/.test(path))
    const isDefault = (node: ts.Node) =>
      (ts.isExportAssignment(node) && !node.isExportEquals) || node.kind === ts.SyntaxKind.DefaultKeyword
    const outsideSwitch = (node: ts.Node) => isDefault(node) && !ts.isDefaultClause(node.parent)
    expect(find(files, outsideSwitch)).toEqual([])
  })

  it('has no enum, no namespace and no any', () => {
    const unwanted = new Set([ts.SyntaxKind.EnumDeclaration, ts.SyntaxKind.AnyKeyword])
    const isNamespace = (node: ts.Node) =>
      ts.isModuleDeclaration(node) && !(node.flags & ts.NodeFlags.GlobalAugmentation) && ts.isIdentifier(node.name)
    expect(find(typescript, (node) => unwanted.has(node.kind) || isNamespace(node))).toEqual([])
  })

  it('has no file over 350 lines', () => {
    const long = all
      .map((path) => [path, textOf(path).split('\n').length - 1] as const)
      .filter(([, lines]) => lines > 350)
    expect(long.filter(([path]) => !path.endsWith('/tables.ts'))).toEqual([])
  })

  it('names its files in kebab-case', () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/
    expect(all.filter((path) => !kebab.test(path.split('/').at(-1) ?? ''))).toEqual([])
  })

  it('imports its own files with their extension', () => {
    const bare = (node: ts.Node) =>
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined &&
      ts.isStringLiteral(node.moduleSpecifier) &&
      /^\.{1,2}\/(?!.*\.(ts|tsx|mjs|json)$)/.test(node.moduleSpecifier.text)
    expect(find(typescript, bare)).toEqual([])
  })

  it('leaves nothing for later in a comment', () => {
    const words = ['TO' + 'DO', 'FIX' + 'ME'] // in halves, as this file is searched too
    const later = new RegExp(`\\b(${words.join('|')})\\b`)
    expect(all.filter((path) => later.test(textOf(path)))).toEqual([])
  })
})
