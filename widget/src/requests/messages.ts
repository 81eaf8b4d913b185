export const requestsEnglish = {a:''}
