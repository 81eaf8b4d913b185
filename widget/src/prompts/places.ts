import { signal } from '@preact/signals-core'

const places = signal<readonly (() => string)[]>([])

/** Registers a place for nudges in the page, by the feature it is for; the returned function takes it back. */
export function addPlace(feature: () => string): () => void {
  places.value = [...places.peek(), feature]
  return () => {
    places.value = places.peek().filter((one) => one !== feature)
  }
}

export const hasPlace = (feature: string | null): boolean => places.value.some((one) => ['', feature].includes(one()))
