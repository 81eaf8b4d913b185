import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))
const skipped = new Set(['node_modules', 'dist'])

/** The TypeScript and JavaScript files below some folders of the repository, as paths from its root. */
export function sourcesIn(...folders: string[]): string[] {
  const walk = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : walk(path)
      return /\.(ts|tsx|mjs|js)$/.test(entry.name) ? [path] : []
    })
  return folders.flatMap((folder) => walk(join(root, folder))).map((path) => relative(root, path).replaceAll('\\', '/'))
}

export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

const parsed = new Map<string, ts.SourceFile>()

export function parse(path: string): ts.SourceFile {
  const known = parsed.get(path)
  if (known) return known
  const file = ts.createSourceFile(path, textOf(path), ts.ScriptTarget.Latest, true)
  parsed.set(path, file)
  return file
}

/** Every node of a file, parents first. */
export function nodesOf(path: string): ts.Node[] {
  const nodes: ts.Node[] = []
  const visit = (node: ts.Node) => {
    nodes.push(node)
    ts.forEachChild(node, visit)
  }
  visit(parse(path))
  return nodes
}

/** What a file imports, re-exports or loads by a constant name, types too: specifiers as they are written. */
export function importsOf(path: string): string[] {
  return nodesOf(path).flatMap((node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier)
    if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : []
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      return literal(node.arguments[0])
    return []
  })
}

/** Of these, what is still there when the file runs. */
export function runtimeImportsOf(path: string): string[] {
  return parse(path).statements.flatMap((node) => {
    if (ts.isImportDeclaration(node)) return node.importClause?.isTypeOnly ? [] : literal(node.moduleSpecifier)
    return ts.isExportDeclaration(node) && !node.isTypeOnly ? literal(node.moduleSpecifier) : []
  })
}

const literal = (node: ts.Node | undefined): string[] => (node && ts.isStringLiteralLike(node) ? [node.text] : [])
