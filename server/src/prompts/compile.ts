import type { Catalog } from '../catalog/model.ts'
import { checkTemplate } from './copy.ts'

/** @throws Error naming the prompt, variant and locale whose text cannot be formatted, and why */
export function checkPrompts(catalog: Catalog): void {
  for (const [prompt, { variants }] of Object.entries(catalog.prompts))
    for (const [variant, { copy }] of Object.entries(variants))
      for (const [locale, { buy, ask }] of Object.entries(copy))
        for (const template of [buy, ask])
          try {
            checkTemplate(template, locale)
          } catch (cause) {
            const where = `prompt ${prompt}, variant ${variant}, locale ${locale}`
            throw new Error(`${where}: the copy cannot be formatted: ${(cause as Error).message}`, { cause })
          }
}
