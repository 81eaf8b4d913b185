export const shapesEnglish = {
  /** The same of a feature by its name, where there is no tag. */
  comesWith: (name: string, plan: string) => (plan ? `${name} comes with ${plan}.` : `${name} is not in your plan.`),
  look: 'Look without the card',
  back: 'Show the card',
  opensAfter: (count: string, units: string) => `Opens after ${count} ${units}`,
  toGo: (count: string) => `${count} to go`,
}
