import type { ReadonlySignal } from '@preact/signals-core'
import type { Presenter } from '@softgate/sdk'
import type { ComponentChild } from 'preact'

export interface PromptsHost {
  present: Presenter
  view(): ComponentChild
  dispose(): void
}
export const createPromptsHost = (_: { host: HTMLElement; placement: ReadonlySignal<string>; stripeUrl: ReadonlySignal<string> }): PromptsHost => ({
  present: async () => 'dismissed',
  view: () => null,
  dispose() {},
})
