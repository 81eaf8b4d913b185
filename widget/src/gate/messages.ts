export const gateEnglish = {
  failed: 'No connection. Nothing has changed.',
  comesWith: (plan: string) => (plan ? `Comes with ${plan}` : 'Not in your plan'),
  full: (limit: string, units: string, waits: boolean) => `All ${limit} ${units} are ${waits ? 'used' : 'in use'}`,
  planPrice: (plan: string, price: string, unit: string, interval: string) =>
    `${plan}: from ${price}${unit && ` a ${unit}`} each ${interval}, before tax.`,
  morePrice: (count: string, price: string, interval: string) =>
    `${count} more: from ${price} a ${interval}, before tax.`,
  buy: 'See plan and price',
  buyAddon: 'See the price',
  add: (count: string, units: string) => `Add ${count} ${units}`,
  askWhy: 'Your admins can change this.',
  ask: (admins: string) => `Ask ${admins || 'an admin'}`,
  /** Where nobody in the account can buy. */
  vendorWhy: 'Our team can change this for you.',
  askVendor: 'Ask for a quote',
  askedVendor: 'Our team has your request.',
  asked: (admins: string) => (admins ? `Asked: ${admins}` : 'Your admins have your request.'),
}
