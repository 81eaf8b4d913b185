import type { State } from '../contract/index.ts'
import type { Environment } from './environment.ts'
import type { Connection } from './options.ts'
import type { Scope } from './scope.ts'

/** What tabs of one user tell each other: that one has come, that events wait, or what is true and how the leader hears. */
export type Message = 'hello' | 'queued' | { state: State | null; at: number; connection: Connection | false }

export interface TabsOptions {
  env: Pick<Environment, 'locks' | 'channel'>
  scope: Scope
  /** The same in all tabs of one user. */
  name: string
  onMessage(message: Message): void
  /** This tab speaks with the server for all; it stays so until it closes. */
  onLead(): void
}

/** Joins the tabs of one user. Where a browser has no locks or no channels, each tab leads itself and nobody listens. */
export function joinTabs({
  env: { locks, channel: open },
  scope,
  name,
  onMessage,
  onLead,
}: TabsOptions): (message: Message) => void {
  if (!locks || !open) {
    onLead()
    return () => {}
  }
  const { signal } = scope
  const channel = open(name)
  channel.onmessage = ({ data }) => onMessage(data)
  scope.add(() => channel.close())
  const lead = (): Promise<void> =>
    new Promise((release) => {
      scope.add(release)
      if (!signal.aborted) onLead()
    })
  // A browser frees the lock of a tab that is gone, however it went. To be told to stop waiting is no failure.
  locks.request(name, { signal }, lead).catch(() => {})
  return (message) => {
    if (!signal.aborted) channel.postMessage(message)
  }
}
