import { client } from './client.ts'

/** What a feature is called in this page. */
export interface Naming {
  title: string
  /** The word for so many of what is counted; the feature's title where it has none. */
  units(count: number): string
  description: string
  /** Title of the plan that it comes with; empty where none does. */
  plan: string
}

/** `seats` becomes `Seats`, `api_calls` becomes `Api calls`. */
export const spoken = (key: string): string => (key.charAt(0).toUpperCase() + key.slice(1)).replace(/[_-]/g, ' ')

/** The catalogue's words, where the page has none of its own; the feature's key speaks for itself until they are known. */
export function naming(feature: string, label: string, units: string, plan = ''): Naming {
  const about = client.value?.state.value?.about[feature]
  const title = label || about?.title || spoken(feature)
  const { one, other } = about?.unit ?? {}
  return {
    title,
    units: (count) => units || (count === 1 && one) || other || title.toLocaleLowerCase(),
    description: about?.description ?? '',
    plan: plan || about?.comesWith?.title || '',
  }
}
