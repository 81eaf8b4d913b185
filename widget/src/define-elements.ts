import { defineGate } from './gate/element.tsx'
import { defineMeter } from './meter/element.tsx'
import { definePrompts } from './prompts/element.tsx'
import { defineRequests } from './requests/element.tsx'

/** Defines the four elements. Safe to call twice, and where there is no browser. */
export function defineElements(): void {
  defineMeter()
  defineGate()
  definePrompts()
  defineRequests()
}
