/** What else can be chosen about a purchase. */
export const choicesEnglish = {
  pay: 'Pay',
  interval: (interval: string) => (interval === 'month' ? 'Monthly' : 'Yearly'),
  saves: (amount: string) => `Yearly is ${amount} less a year`,
  addCode: 'Add promotion code',
  code: 'Promotion code',
  redeem: 'Redeem',
  applied: (code: string) => `${code} is in the price.`,
  remove: 'Remove',
  refused: (code: string) => `${code} cannot be redeemed for this.`,
}
