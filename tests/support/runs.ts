/** Lines of a file to import: so many runs of Acme's rules, a millisecond apart. */
export const runs = (count: number): string[] =>
  Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      account: 'acme',
      name: 'run',
      feature: 'automations',
      value: 1,
      time: new Date(Date.UTC(2027, 2, 12, 10) + i).toISOString(),
    }),
  )
