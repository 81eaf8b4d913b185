import type { Catalog, Trigger } from '../catalog/model.ts'
import { type Condition, compileCondition } from './rules.ts'

/** A trigger ready to be evaluated. */
export interface CompiledTrigger {
  key: string
  trigger: Trigger
  condition: Condition | null
}

/** @throws Error naming the trigger whose condition is wrong, and why */
export const compileTriggers = (catalog: Catalog): CompiledTrigger[] =>
  Object.entries(catalog.triggers).map(([key, trigger]) => {
    try {
      return { key, trigger, condition: trigger.when === undefined ? null : compileCondition(trigger.when, catalog) }
    } catch (cause) {
      throw new Error(`trigger ${key}: the condition \`${trigger.when}\` cannot be used: ${(cause as Error).message}`, {
        cause,
      })
    }
  })
