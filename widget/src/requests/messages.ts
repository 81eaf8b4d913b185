export const requestsEnglish = {
  none: 'No open requests',
  noneWhy: 'When someone needs a seat or a feature, it is here.',
  asked: (people: number, units: number) =>
    `${people} ${people === 1 ? 'person' : 'people'} asked${units > people ? `, for ${units}` : ''}`,
  grant: 'Grant',
  price: 'See the price',
  decline: 'Decline',
  declineSend: 'Decline and send',
  cancel: 'Cancel',
  word: (name: string) => `A word to ${name} (optional)`,
  select: (name: string) => `Select the request of ${name}`,
  failed: 'This did not work. Nothing has changed.',
  open: 'Waiting',
  granted: 'Granted',
  declined: 'Declined',
  withdrawn: 'Taken back',
}
