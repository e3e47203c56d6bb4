/** Where the demonstration's clock may jump. */
export const MILESTONES = [
  { at: '2023-07-14T08:00:00.000Z', label: '14 juillet, 10 h : le lendemain' },
  { at: '2023-07-25T15:00:00.000Z', label: '25 juillet, 17 h : la veille de la date limite' },
  { at: '2023-07-26T21:58:50.000Z', label: '26 juillet, 23 h 58 min 50 s : dix secondes avant la limite' },
  { at: '2023-07-26T21:59:00.200Z', label: '26 juillet, 23 h 59 min 00,2 s : deux dixièmes de seconde trop tard' },
  { at: '2023-07-27T07:00:00.000Z', label: '27 juillet, 9 h : le matin de l’ouverture' },
];
