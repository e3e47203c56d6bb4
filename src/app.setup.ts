import { NestFactory, Reflector } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';
import helmet from 'helmet';
import type { NextFunction } from 'express';
import { join } from 'node:path';
import { AppModule } from './app.module.js';
import { SweepService } from './bids/sweep.service.js';
import { CertificateReminders } from './awards/certificate-reminders.service.js';
import { RemindersService } from './bids/reminders.service.js';
import { Config } from './config.js';
import { FrameworkAlarmsService } from './contracts/framework-alarms.service.js';
import type { Doors } from './doors.module.js';
import { ObservationService } from './evidence/observation.service.js';
import { WatchService } from './consultations/watch.service.js';
import { DigestsService } from './people/digests.service.js';
import { SessionCookie } from './people/session-cookie.js';
import { limitBodies } from './platform/body.js';
import { Clock } from './platform/clock.js';
import { DoneInterceptor } from './platform/done.interceptor.js';
import { StreamedInterceptor } from './platform/streamed.interceptor.js';
import { ErrorFilter } from './platform/error.filter.js';
import { flashFor } from './platform/held.js';
import { NotFound } from './platform/errors.js';
import { Jobs } from './platform/jobs.js';
import { Log } from './platform/log.js';
import { Maintenance } from './platform/maintenance.js';
import { limitRate } from './platform/rate-limit.js';
import { SessionReader } from './platform/session-reader.js';
import { SignedInGuard } from './platform/signed-in.guard.js';
import { Templates } from './platform/templates.js';
import type { Req, Res } from './platform/web.js';
import { localsOf } from './locals.js';

/** The application as main.ts, the tests, the demonstration and the commands all start it. */
export async function createApp(config: Config, doors: Doors = {}): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config, doors), {
    bodyParser: false,
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  setUp(app, config);
  await app.init();
  return app;
}

function setUp(app: NestExpressApplication, config: Config) {
  const sessions = app.get(SessionReader);
  const cookie = app.get(SessionCookie);
  const clock = app.get(Clock);
  const maintenance = new Maintenance(config.dataDir);
  app.disable('x-powered-by');
  app.use(app.get(ObservationService).failures.watch);
  app.set('trust proxy', config.trustProxy);
  app.use(helmet(headers(config)));
  app.use(limitBodies(app.getHttpServer(), config.silenceMs));
  serveAssets(app);
  // An error may strike before the session is read: its page still has a head, a foot and a telephone number.
  app.use((request: Req, response: Res, next: NextFunction) => {
    Object.assign(response.locals, localsOf(request, config, clock.now(), null));
    // A NUL is in no address of ours, and PostgreSQL refuses it in any text.
    if (/%00/.test(request.originalUrl)) return next(new NotFound());
    next(request.path === '/sante' ? undefined : (maintenance.refusal() ?? undefined));
  });
  app.use('/connexion', limitRate(20));
  app.use('/api/session', limitRate(20));
  app.use('/demander-un-lien', limitRate(20));
  app.use(express.urlencoded({ extended: true, limit: '1mb', parameterLimit: 5000 }));
  app.use(express.json({ limit: '256kb' }));
  // The arrival of a deposit: the whole body is there, and nothing else has happened yet (decisions.md 4).
  app.use((request: Req, _: Res, next: NextFunction) => {
    request.arrivedAt = clock.now();
    next();
  });
  const welcome = async (request: Req, response: Res) => {
    const token = cookie.read(request);
    request.sessionToken = token;
    request.session = token ? ((await sessions.read(token)) ?? undefined) : undefined;
    if (token && !request.session && !request.headers.authorization) cookie.clear(response);
    const isPage = request.method === 'GET' && !request.path.startsWith('/api/') && (request.headers.accept ?? '').includes('text/html');
    const { shown, kept } = flashFor(isPage ? request.session : undefined, request.originalUrl);
    if (shown && request.session && !(kept && Object.keys(shown).length === 0)) await sessions.flash(request.session.id, kept);
    Object.assign(response.locals, localsOf(request, config, clock.now(), shown));
  };
  app.use((request: Req, response: Res, next: NextFunction) => {
    // oxlint-disable-next-line promise/no-callback-in-promise -- a middleware's only way to go on
    welcome(request, response).then(() => next(), next);
  });
  showPages(app);
  app.useGlobalGuards(new SignedInGuard(app.get(Reflector), config.baseUrl));
  app.useGlobalInterceptors(new DoneInterceptor(sessions), new StreamedInterceptor());
  app.useGlobalFilters(new ErrorFilter(app.get(Log), sessions, (response, token) => cookie.set(response, token)));
  app.enableShutdownHooks();
}

function headers(config: Config): Parameters<typeof helmet>[0] {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        objectSrc: ["'self'"], // the letter's preview
        frameAncestors: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        // Over plain http (demonstration, tests) it would break every link (decisions.md 23).
        ...(config.secure ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: config.secure ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'same-origin' }, // forms go back to where they were typed
    xFrameOptions: { action: 'sameorigin' },
  };
}

function serveAssets(app: NestExpressApplication) {
  const root = process.cwd();
  const hour = { maxAge: 3_600_000, index: false as const };
  app.use('/assets/fonts', express.static(join(root, 'node_modules/@fontsource/public-sans/files'), hour));
  app.use('/assets/fonts', express.static(join(root, 'node_modules/@fontsource/spectral/files'), hour));
  app.use('/assets/tus', express.static(join(root, 'node_modules/tus-js-client/dist'), hour));
  app.use('/aide/images', express.static(join(root, 'docs/images'), hour));
  app.use('/assets', express.static(join(root, 'templates/assets'), hour));
}

/** `@Render('consultations/show')` is `templates/pages/consultations/show.hbs`. */
function showPages(app: NestExpressApplication) {
  const templates = app.get(Templates);
  class View {
    constructor(readonly path: string) {}

    render(options: object, done: (error: unknown, html?: string) => void) {
      try {
        done(null, templates.render(`pages/${this.path}`, { ...(options as { _locals?: object })._locals, ...options }));
      } catch (error) {
        done(error);
      }
    }
  }
  app.set('view', View);
}

/** Jobs run in the server, not in tests, which run them by hand. */
export async function startJobs(app: NestExpressApplication) {
  app.get(Jobs).start();
  await app.get(WatchService).start();
  await app.get(ObservationService).start();
  app.get(RemindersService).start();
  app.get(CertificateReminders).start();
  app.get(SweepService).start();
  app.get(DigestsService).start();
  app.get(FrameworkAlarmsService).start();
}
