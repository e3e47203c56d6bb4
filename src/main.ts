import 'reflect-metadata';
import { createApp, startJobs } from './app.setup.js';
import { Config } from './config.js';

async function main() {
  const config = Config.read();
  if (config.demo) {
    const { serveDemo } = await import('./demo/demo.js');
    return serveDemo(config, process.argv.includes('--fresh'));
  }
  for (const warning of config.warnings) process.stderr.write(`Attention : ${warning}\n`);
  const app = await createApp(config);
  // Before the first request: an outage that just ended may move a deadline.
  await startJobs(app);
  await app.listen(config.port);
  process.stdout.write(`Souspli écoute sur ${config.baseUrl}\n`);
}

main().catch((error: unknown) => {
  const busy = (error as { code?: string }).code === 'EADDRINUSE';
  const sentence = busy ? 'Ce port est déjà pris : arrêtez l’autre programme, ou choisissez-en un autre (PORT=3001 npm run demo).' : error instanceof Error ? error.message : String(error);
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
});
