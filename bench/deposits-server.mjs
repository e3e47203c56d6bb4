// A process of its own for bench/deposits.mjs: the compiled application, or a bare node:http receiver of the same bytes.
// node bench/deposits-server.mjs '{"raw": "folder"}' | '{"config": {…}}'; says `ready PORT`, and ends with its parent.
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

const given = JSON.parse(process.argv[2]);
const port = given.raw ? await receiver(given.raw) : await application(given.config);
process.stdout.write(`ready ${port}\n`);
process.stdin.on('end', () => process.exit(0)).resume();

/** SHA-256, file fsync, rename, folder fsync: what a receiver owes its sender, without encryption, database or receipt. */
async function receiver(folder) {
  await mkdir(folder, { recursive: true });
  const sync = async (path) => {
    const handle = await open(path, 'r');
    await handle.sync();
    await handle.close();
  };
  const receive = async (request, response) => {
    const path = join(folder, randomUUID());
    const hash = createHash('sha256');
    const sink = createWriteStream(`${path}.part`);
    for await (const chunk of request) {
      hash.update(chunk);
      if (!sink.write(chunk)) await new Promise((resolve) => sink.once('drain', resolve));
    }
    sink.end();
    await finished(sink);
    await sync(`${path}.part`);
    await rename(`${path}.part`, path);
    await sync(folder);
    response.writeHead(204, { etag: hash.digest('hex') }).end();
  };
  const server = createServer((request, response) => void receive(request, response));
  server.requestTimeout = 0;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}

async function application(config) {
  const { createApp } = await import('../dist/app.setup.js');
  const { Config } = await import('../dist/config.js');
  const { Log } = await import('../dist/platform/log.js');
  const { Printer } = await import('../dist/press/printer.js');
  class NoPrinter extends Printer {
    async print() {
      return Buffer.from('%PDF');
    }
    async warm() {}
    async close() {}
  }
  const app = await createApp(Config.of(config), { printer: new NoPrinter(), log: new Log((line) => process.stderr.write(`${line}\n`)) });
  await app.listen(0, '127.0.0.1');
  return app.getHttpServer().address().port;
}
