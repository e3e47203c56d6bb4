// Sizes and times in French words, as the server writes them.

export function inBytes(n) {
  if (n < 1000) return `${n}\u00a0octet${n > 1 ? 's' : ''}`;
  const power = Math.min(Math.floor(Math.log10(n) / 3), 3);
  const value = n / 1000 ** power;
  return `${value.toFixed(value < 10 ? 1 : 0).replace('.', ',').replace(',0', '')}\u00a0${['ko', 'Mo', 'Go'][power - 1]}`;
}

export function inTime(seconds) {
  if (seconds < 60) return 'moins d’une minute';
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `environ ${minutes}\u00a0min` : `environ ${Math.floor(minutes / 60)}\u00a0h\u00a0${String(minutes % 60).padStart(2, '0')}`;
}
