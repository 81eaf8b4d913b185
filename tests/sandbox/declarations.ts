import { readdirSync } from 'node:fs'
import ts from 'typescript'
import type { Json, JsonObject } from '../../server/sandbox/wire/json.ts'

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Compares answers with the declarations of the `stripe` package, field by field. */
export interface Declarations {
  /** What is wrong with an answer: fields that lack, that are not declared, or that have another type. */
  faultsOf(answer: Json): string[]
  /** Which declared objects were compared so far. */
  readonly seen: ReadonlySet<string>
}

/** Reads every declaration file of the `stripe` package. */
export function readDeclarations(): Declarations {
  const root = 'node_modules/stripe/esm/resources'
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).flatMap((name) =>
    name.endsWith('.d.ts') ? [`${root}/${name}`] : [],
  )
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
  })
  const checker = program.getTypeChecker()
  const byName = indexed(program, checker)
  const seen = new Set<string>()

  const compare = (value: Json, type: ts.Type, path: string): string[] => {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return byOwnName(value, path)
    const members = type.isUnion() ? type.types : [type]
    if (value === null) return members.some((one) => one.flags & ts.TypeFlags.Null) ? [] : [`${path} is null`]
    if (Array.isArray(value)) return compareList(value, members, path)
    if (isObject(value)) return compareObject(value, members, path)
    return fits(checker, value, members)
      ? []
      : [`${path} is ${JSON.stringify(value)}, not ${checker.typeToString(type)}`]
  }

  const compareList = (value: Json[], members: readonly ts.Type[], path: string): string[] => {
    const list = members.find((one) => checker.isArrayType(one))
    const member = list && checker.getTypeArguments(list as ts.TypeReference)[0]
    if (!member) return [`${path} is a list`]
    return value.flatMap((one, index) => compare(one, member, `${path}[${index}]`))
  }

  const compareObject = (value: JsonObject, members: readonly ts.Type[], path: string): string[] => {
    const objects = members.filter((one) => one.flags & ts.TypeFlags.Object || one.isIntersection())
    const named = objects.find(
      (one) => literalOf(checker, one) === value['object'] && isDeleted(one) === 'deleted' in value,
    )
    const type = named ?? (objects.length === 1 ? objects[0] : undefined)
    if (!type) return value['object'] === undefined ? [`${path} is an object`] : byOwnName(value, path)
    return compareMembers(value, type, path)
  }

  const compareMembers = (value: JsonObject, type: ts.Type, path: string): string[] => {
    const index = checker.getIndexTypeOfType(type, ts.IndexKind.String)
    const declared = new Map(checker.getPropertiesOfType(type).map((one) => [one.name, one]))
    // `{ [key: string]: T }` and objects that are declared without members hold anything.
    if (declared.size === 0 && !index) return byOwnName(value, path)
    const lacking = [...declared.values()].flatMap(({ flags, name }) =>
      flags & ts.SymbolFlags.Optional || name in value ? [] : [`${path}.${name} is missing`],
    )
    const wrong = Object.entries(value).flatMap(([name, member]) => {
      const symbol = declared.get(name)
      const expected = symbol ? checker.getTypeOfSymbol(symbol) : index
      return expected ? compare(member, expected, `${path}.${name}`) : [`${path}.${name} is not declared`]
    })
    return [...lacking, ...wrong]
  }

  const byOwnName = (value: Json, path: string): string[] => {
    if (Array.isArray(value)) return value.flatMap((one, index) => byOwnName(one, `${path}[${index}]`))
    if (!isObject(value)) return []
    const name = String(value['object'] ?? '')
    if (name === 'list') return byOwnName(value['data'] ?? [], `${path}.data`)
    const type = byName.get('deleted' in value ? `deleted ${name}` : name)
    if (!type) return name === '' ? [] : [`${path}: nothing is declared as '${name}'`]
    seen.add(name)
    return compareMembers(value, type, `${path}(${name})`)
  }

  const isDeleted = (type: ts.Type): boolean => {
    const deleted = type.getProperty('deleted')
    return deleted !== undefined && !(deleted.flags & ts.SymbolFlags.Optional)
  }
  return { faultsOf: (answer) => byOwnName(answer, ''), seen }
}

/** Every declared object by its `object`; what says that something was deleted by `deleted …`. */
function indexed(program: ts.Program, checker: ts.TypeChecker): Map<string, ts.Type> {
  const found = new Map<string, ts.Type>()
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node)) {
      const type = checker.getTypeAtLocation(node)
      const name = literalOf(checker, type)
      const key = node.name.text.startsWith('Deleted') ? `deleted ${name}` : name
      if (name !== undefined && key !== undefined && !found.has(key)) found.set(key, type)
    }
    ts.forEachChild(node, visit)
  }
  // Versions 1 and 2 of the API share some words; the sandbox speaks version 1.
  for (const file of program.getSourceFiles()) {
    if (file.fileName.includes('/stripe/esm/resources/') && !file.fileName.includes('/V2/')) visit(file)
  }
  return found
}

function literalOf(checker: ts.TypeChecker, type: ts.Type): string | undefined {
  const object = type.getProperty('object')
  const literal = object && checker.getTypeOfSymbol(object)
  return literal?.isStringLiteral() ? literal.value : undefined
}

/** A text where texts are named must be one of them; a decimal is a text. */
function fits(checker: ts.TypeChecker, value: string | number | boolean, members: readonly ts.Type[]): boolean {
  if (typeof value === 'number')
    return members.some((one) => one.flags & (ts.TypeFlags.Number | ts.TypeFlags.NumberLiteral))
  if (typeof value === 'boolean') {
    return members.some(
      (one) =>
        one.flags & ts.TypeFlags.Boolean ||
        (one.flags & ts.TypeFlags.BooleanLiteral &&
          (one as { intrinsicName?: string }).intrinsicName === String(value)),
    )
  }
  const words = members.filter((one) => one.isStringLiteral())
  if (words.some((one) => one.value === value)) return true
  const free = members.some((one) => one.flags & ts.TypeFlags.String)
  return free || members.some((one) => checker.typeToString(one) === 'Decimal')
}
