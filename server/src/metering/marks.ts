/** The marks that use passed on its way up from `before` to `after`; `marks` ascend, a mark is passed when use reaches it. */
export const marksPassed = (marks: readonly number[], before: number, after: number): number[] =>
  marks.filter((mark) => before < mark && mark <= after)
