import type { Op } from '../../metering/model.ts'

/** An op and its place in the batch. */
export interface Placed {
  op: Op
  place: number
}
