export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testRegex: '\\.spec\\.ts$',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' }, // sources import './x.js', as they will be once compiled
  testSequencer: './scripts/sequencer.mjs',
  globalSetup: './test/global-setup.mjs',
  globalTeardown: './test/global-teardown.mjs',
  reporters: ['default', '<rootDir>/scripts/tally.mjs'],
  testTimeout: 30_000,
  maxWorkers: 2,
};
