import type { EventsAnswer } from '@softgate/sdk/contract'
import type { Context } from './context.ts'
import { eventsGoneBefore, useGoneBefore } from './retention.ts'
import { type Checked, track } from './track.ts'

/**
 * Takes history in. What is so old that its id may be forgotten is rejected, as it could count twice, unless it is said to be
 * `uncounted`.
 */
export async function importEvents(
  context: Context,
  events: readonly Checked[],
  uncounted: boolean,
): Promise<EventsAnswer> {
  const [goneBefore, joinedBefore] = await Promise.all([eventsGoneBefore(context), useGoneBefore(context)])
  const forgottenBefore = uncounted ? 0 : goneBefore
  return track(context, events, { only: null, browser: null, forgottenBefore, imported: { joinedBefore, goneBefore } })
}
