export const gateEnglish = {
  comesWith: (plan: string) => (plan ? `Comes with ${plan}` : 'Not in your plan'),
  full: (limit: string, units: string, waits: boolean) => `All ${limit} ${units} are ${waits ? 'used' : 'in use'}`,
  buy: 'See plan and price',
  more: 'See the price',
  ask: 'Ask an admin',
  asked: 'Your admins have your request.',
}
