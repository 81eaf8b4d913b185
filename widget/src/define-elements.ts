import { defineGate } from './gate/element.tsx'
import { defineMeter } from './meter/element.tsx'
import { definePlans } from './plans/element.tsx'
import { definePrompts } from './prompts/element.tsx'
import { defineRequests } from './requests/element.tsx'
import { defineSubscription } from './subscription/element.tsx'

/** Defines the six elements. Safe to call twice, and where there is no browser. */
export function defineElements(): void {
  defineMeter()
  defineGate()
  definePrompts()
  defineRequests()
  definePlans()
  defineSubscription()
}
