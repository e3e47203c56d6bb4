// Who may import whom. The order of the house: a folder may import itself and those before it, never those after.
// Imports of types alone are free everywhere: they vanish when compiled.
const ORDER = [
  'platform',
  ['press', 'sealing'], // neighbours that do not know each other
  'people',
  'letters',
  'agreements',
  'consultations',
  'bids',
  'evaluations',
  'awards',
  'commissions',
  'contracts',
  'execution',
  'support',
  'evidence',
  'publication',
  'cockpit',
  'imports',
  'journal',
  'help',
  'demo',
].map((step) => [step].flat());

const folders = (names) => `^src/(${names.join('|')})/`;
const forbid = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: to, dependencyTypesNot: ['type-only'] },
});

const oneWay = ORDER.flatMap((step, rank) =>
  step.map((folder) => {
    const others = [...step.filter((other) => other !== folder), ...ORDER.slice(rank + 1).flat()];
    return others.length > 0 && forbid(`order-${folder}`, `src/${folder} comes before what it imports`, folders([folder]), folders(others));
  }),
).filter(Boolean);

module.exports = {
  forbidden: [
    ...oneWay,
    forbid('order-migrations', 'migrations know the platform and nothing else', folders(['migrations']), '^src/(?!migrations/|platform/|config\\.ts$)'),
    // The root files assemble everything; only the demonstration, last of all, starts the whole application itself.
    forbid('root-is-above', 'of the root files, folders import config.ts alone', '^src/(?!demo/)[^/]+/', '^src/(?!config\\.ts$)[^/]+\\.ts$'),
    forbid('folder-has-a-place', 'a new folder must take its place in ORDER', `^src/(?!(${ORDER.flat().join('|')}|migrations)/)[^/]+/`, '.'),
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // otherwise imports of types are not told apart
    doNotFollow: { path: 'node_modules' },
  },
};
