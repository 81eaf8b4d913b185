import type { Catalog } from '@softgate/server'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { Harness } from './harness.ts'

/** TeamFlow with its banner somewhere else, and about exports alone. */
export function placed(placement: string): Catalog {
  const { triggers, prompts } = teamflow
  const { usage_ceiling: ceiling } = triggers
  const { nearly_full: prompt } = prompts
  if (!ceiling || !prompt) throw new Error('TeamFlow has no such trigger')
  const source = { on: 'usage', feature: 'exports', above: 80 } as const
  return {
    ...teamflow,
    triggers: { ...triggers, usage_ceiling: { ...ceiling, source } },
    prompts: { ...prompts, nearly_full: { ...prompt, placement } },
  }
}

/** Makes that prompt due to Acme. */
export async function useExports({ host, clock }: Harness): Promise<void> {
  const time = new Date(clock.now()).toISOString()
  const event = { id: 'exports-42', account: 'acme', name: 'used', feature: 'exports', value: 42, time }
  await host.ok('POST', '/events', { events: [event] })
}
