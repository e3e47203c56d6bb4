// The compiled server in a process of its own, on data that a test has prepared: such a server can really be killed.
// node test/support/serve.mjs '{"config": {…}, "now": "2023-07-17T08:00:00.000Z"}'; says `ready` once it listens.
import { createApp } from '../../dist/app.setup.js';
import { Config } from '../../dist/config.js';
import { FrozenClock } from '../../dist/platform/clock.js';

const { config, now } = JSON.parse(process.argv[2]);
const app = await createApp(Config.of(config), { clock: new FrozenClock(new Date(now)) });
await app.listen(config.port, '127.0.0.1');
process.stdout.write('ready\n');
