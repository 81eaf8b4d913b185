import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import type { Catalog } from '../catalog/model.ts'
import type { FactSheet } from './model.ts'

/** A condition, compiled; throws when a fact it needs has no value for the account. */
export type Condition = (facts: FactSheet) => boolean

const useSchema = { used: 'double', limit: 'double', remaining: 'double', utilisation: 'double' }

/**
 * Compiles a CEL condition over the facts of an account: `plan`, `segment`, `contract_value`, `health_score`, and for each
 * metered feature `used`, `limit`, `remaining` and `utilisation` (0 to 1), as `seats.used`; facts of the host as `facts.nps`.
 * Unknown names, wrong types and `matches` (a backtracking regular expression) are errors when the catalogue is loaded.
 */
export function compileCondition(source: string, catalog: Catalog): Condition {
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    limits: { maxAstNodes: 200, maxDepth: 20 },
  })
  for (const name of ['plan', 'segment', 'feature']) environment.registerVariable(name, 'string')
  for (const name of ['contract_value', 'health_score']) environment.registerVariable(name, 'double')
  environment.registerVariable('facts', 'map<string, dyn>')
  for (const [key, feature] of Object.entries(catalog.features))
    if (feature.kind === 'metered') environment.registerVariable(key, { schema: useSchema })

  const program = environment.parse(source)
  const checked = program.check()
  if (!checked.valid) throw new Error(checked.error?.message ?? 'it does not type-check')
  if (checked.type !== 'bool') throw new Error(`it gives ${checked.type}, not true or false`)
  if (calls(program.ast, 'matches')) throw new Error('matches() is not allowed: it can run for minutes')
  return (facts) => program(nest(facts, catalog)) === true
}

const calls = (node: ASTNode, name: string): boolean => {
  if ((node.op === 'call' || node.op === 'rcall') && node.args[0] === name) return true
  const children: unknown[] = [node.args].flat(3)
  return children.some((child) => isNode(child) && calls(child, name))
}

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value

/** The flat sheet as CEL reads it: `seats.used` becomes a field of `seats`. */
function nest(facts: FactSheet, catalog: Catalog): Record<string, unknown> {
  const groups: Record<string, Record<string, unknown>> = { facts: {} }
  for (const key of Object.keys(catalog.features)) groups[key] = {}
  const top: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(facts)) {
    if (value === null) continue
    const dot = name.indexOf('.')
    if (dot < 0) top[name] = value
    else {
      const group = groups[name.slice(0, dot)]
      if (group) group[name.slice(dot + 1)] = value
    }
  }
  return { ...groups, ...top }
}
