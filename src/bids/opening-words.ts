const NUMBERS = ['', 'Une seule personne désignée suffit', 'Deux personnes désignées', 'Trois personnes désignées', 'Quatre personnes désignées', 'Cinq personnes désignées'];

/** The authority’s own rule: no text imposes a number on the State’s services (domain.md 2.7). */
export function quorumInFrench(quorum: number): string {
  if (quorum === 1) return `${NUMBERS[1]} pour ouvrir les plis.`;
  return `${NUMBERS[quorum] ?? `${quorum} personnes désignées`} doivent être présentes pour ouvrir les plis.`;
}
