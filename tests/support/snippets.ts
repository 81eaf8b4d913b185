import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Snippet {
  /** `README.md:84`: where its first line is. */
  place: string
  text: string
}

/** The blocks of a language in a Markdown file, given by its path from the root. */
export function snippetsOf(path: string, language: string): Snippet[] {
  const all = readFileSync(join(root, path), 'utf8')
  return [...all.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(({ 1: of, 2: text = '', index }) =>
    of === language ? [{ place: `${path}:${all.slice(0, index).split('\n').length + 1}`, text }] : [],
  )
}

/** What snippets take for granted: the host's own, and what an earlier snippet has made. */
const assumed = `import type { createHost as create } from '@softgate/sdk/host'
import type { ConfigInput, PlanInput } from '../../server/src/catalog/define.ts'
declare global {
  type ConfigPart = Partial<ConfigInput<string, string, string>>
  type PlanPart = Partial<PlanInput<string>>
  const createHost: typeof create
  const softgate: ReturnType<typeof create>
  const url: string
  const secretKey: string
  const sendInvitations: () => void
}
`

/** Parts of a configuration stand in a snippet as they stand in the file: what is declared for them comes before. */
function asModule({ text }: Snippet): string {
  const part = /^(\w+): [[{]/m.exec(text)
  if (!part) return `${text}\nexport {}\n`
  const of = part[1] === 'prices' ? 'PlanPart' : 'ConfigPart'
  return `${text.slice(0, part.index)}export const part: ${of} = {${text.slice(part.index)}}\n`
}

/** What the compiler has against snippets, by the packages' sources: `README.md:84: …`. They lie beside a configuration. */
export function faultsIn(snippets: readonly Snippet[]): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)
  const pathOf = (name: string): string => join(root, 'examples/teamflow', `${name}.ts`)
  const files = new Map([
    [pathOf('assumed'), assumed],
    ...snippets.map((snippet, index) => [pathOf(`snippet-${index}`), asModule(snippet)] as const),
  ])
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.readFile = (path) => files.get(path) ?? readFile(path)
  host.getSourceFile = (path, target, ...rest) => {
    const text = files.get(path)
    return text === undefined ? getSourceFile(path, target, ...rest) : ts.createSourceFile(path, text, target)
  }
  const program = ts.createProgram([...files.keys()], options, host)
  const faultsOf = (path: string, place: string): string[] => {
    const file = program.getSourceFile(path)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    )
  }
  return [
    ...faultsOf(pathOf('assumed'), 'what snippets take for granted'),
    ...snippets.flatMap(({ place }, index) => faultsOf(pathOf(`snippet-${index}`), place)),
  ]
}
