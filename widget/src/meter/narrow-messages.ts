export const narrowEnglish = {
  fullShort: (day: string) => `Full on ${day}`,
}
