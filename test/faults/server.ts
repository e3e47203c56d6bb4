// The server as main.ts starts it, in a process of its own, with its doors tapped: the parent says on which step a
// disaster falls. What is killed here is killed by the system, at once.
import { stepMachineClock } from './machine-clock.js';
import 'reflect-metadata';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { createApp, startJobs } from '../../src/app.setup.js';
import { Config } from '../../src/config.js';
import { OffsetClock } from '../../src/platform/clock.js';
import { Disk } from '../../src/platform/files.js';
import { Jobs } from '../../src/platform/jobs.js';
import { Log } from '../../src/platform/log.js';
import { Mailer, type Message, SmtpMailer } from '../../src/platform/mailer.js';
import { Printer, type Sheet } from '../../src/press/printer.js';
import { failureOf, Points, TappedDisk, tapDatabase } from '../support/points.js';
import type { Command, Disaster } from './commands.js';

const points = new Points();
const clock = new OffsetClock(Number(process.env.LEGAL_OFFSET_MS ?? 0));

class TappedMailer extends Mailer {
  private readonly post = new SmtpMailer(process.env.SMTP_URL ?? '');

  send(message: Message) {
    return points.around('mail.send', () => this.post.send(message));
  }
}

/** Chromium has its own tests; what matters here is that a printing may be cut anywhere. */
class TappedPrinter extends Printer {
  print(sheet: Sheet) {
    return points.around('press.print', async () => Buffer.from(`%PDF ${sheet.title}\n${sheet.body}`));
  }
  async warm() {}
  async close() {}
}

function strike(disaster: Disaster, step: string): void | Promise<void> {
  if (disaster.kind === 'kill') {
    process.kill(process.pid, 'SIGKILL');
    for (;;); // the signal is on its way: nothing more may happen meanwhile
  }
  if (disaster.kind === 'fail') throw failureOf(step, disaster.database);
  if (disaster.kind === 'legal') clock.jumpTo(new Date(clock.now().getTime() + disaster.ms));
  if (disaster.kind === 'machine') stepMachineClock(disaster.ms);
  if (disaster.kind === 'cut') cutting = true;
  // The parent does it from outside, and says when it is done.
  if (disaster.kind === 'outside') return new Promise((resolve) => {
    resume = resolve;
    process.send?.({ struck: step });
  });
}

let cutting = false;
let resume = () => {};

/** An answer is a step like another: it may never leave, or leave from a server that dies after it. */
function tapAnswers(server: { prependListener(event: 'request', listen: (request: IncomingMessage, response: ServerResponse) => void): unknown }) {
  server.prependListener('request', (request, response) => {
    const step = `answer.${request.method}`;
    const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
    response.end = ((...args: unknown[]) => {
      void points.enter(step);
      if (cutting) {
        cutting = false;
        response.destroy();
        return response;
      }
      response.once('finish', () => void points.leave(step));
      return end(...args);
    }) as typeof response.end;
  });
}

async function obey(command: Command): Promise<unknown> {
  switch (command.do) {
    case 'record':
      return points.record();
    case 'trace':
      return points.trace;
    case 'arm':
      return points.arm({ nth: command.nth, on: new RegExp(command.on), when: command.when, effect: (step) => strike(command.disaster, step) });
    case 'disarm': {
      const { fallen } = points;
      points.disarm();
      return fallen;
    }
    case 'resume':
      return resume();
    case 'work':
      return app.get(Jobs).runDue();
    case 'machine':
      return stepMachineClock(command.ms);
    default:
      throw new Error('No such command');
  }
}

const config = Config.read();
const app = await createApp(config, { clock, mailer: new TappedMailer(), printer: new TappedPrinter(), disk: new TappedDisk(new Disk(), points), log: new Log((line) => process.stderr.write(`${line}\n`)) });
tapDatabase(app.get(DataSource), points);
tapAnswers(app.getHttpServer());
await startJobs(app);
await app.listen(0, '127.0.0.1');
process.on('message', ({ id, ...command }: Command & { id: number }) => {
  obey(command).then(
    (value) => process.send?.({ id, value }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0)); // the parent is gone
process.send?.({ port: (app.getHttpServer().address() as AddressInfo).port, now: clock.now().getTime() });
