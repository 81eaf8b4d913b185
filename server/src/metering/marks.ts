import type { Move } from './model.ts'

/**
 * The marks that a move's counter passed on its way up from `before` to `after`, together with the rest of its window; a mark
 * is passed when use reaches it.
 */
export const marksPassed = (
  { marks, rest = 0 }: Pick<Move, 'marks' | 'rest'>,
  before: number,
  after: number,
): number[] => marks.filter((mark) => before + rest < mark && mark <= after + rest)
