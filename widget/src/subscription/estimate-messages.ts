export const estimateEnglish = {
  title: (from: string, to: string) => `From ${from} to ${to}`,
  /** Of what is used beyond a limit; the price is in the server's words: `$1.00 for 1,000 calls`. */
  beyond: (count: string, limit: string, price: string) => `${count} beyond the ${limit} included, ${price}`,
  within: (count: string, limit: string, price: string) => `${count} of the ${limit} included, then ${price}`,
  soFar: (amount: string) => `${amount} so far`,
  ahead: (amount: string, day: string) => `At this rate about ${amount} by ${day}`,
  between: (least: string, most: string) => `most likely ${least} to ${most}`,
  next: 'Next invoice, so far',
  tax: 'Tax',
  none: 'No invoice comes any more.',
}
