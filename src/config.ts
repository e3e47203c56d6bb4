import { plainToInstance, Transform } from 'class-transformer';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { IsIn, IsInt, IsOptional, IsUrl, Matches, Max, Min, ValidateIf, validateSync } from 'class-validator';
import type { Extension, FileLimits } from './platform/media.js';

const MEGABYTE = 1_000_000;
const toNumber = Transform(({ value }) => (value === undefined ? undefined : Number(value)));

/** The only reader of the environment. The server refuses to start when it is wrong, with a sentence per fault. */
export class Config {
  @IsIn(['demo', 'production', 'test'], { message: 'SOUSPLI_MODE vaut « demo », « production » ou « test ».' })
  mode: 'demo' | 'production' | 'test' = 'production';

  @toNumber
  @IsInt({ message: 'PORT est un nombre.' })
  @Min(0)
  @Max(65535)
  port: number = 3000;

  /** Reverse proxies in front of the server: without it, all people behind one share a single limit of sign-ins. */
  @toNumber
  @IsInt({ message: 'TRUST_PROXY est le nombre de serveurs mandataires placés devant Souspli.' })
  @Min(0)
  @Max(5)
  trustProxy: number = 0;

  /** Address printed in letters and mails. https outside the demonstration: cookies depend on it (decisions.md 23). */
  @ValidateIf((config: Config) => config.mode === 'production')
  @IsUrl({ protocols: ['https'], require_protocol: true, require_tld: false }, { message: 'BASE_URL est une adresse https://… en production.' })
  baseUrl: string = '';

  @Matches(/^(postgres(ql)?:\/\/|sqlite:)/, { message: 'DATABASE_URL commence par postgres:// ou sqlite:' })
  databaseUrl: string = 'sqlite:data/var/souspli.sqlite';

  dataDir: string = 'data/var';

  /** KEK, vault and signing keys, outside the database and its backups. */
  @ValidateIf((config: Config) => config.mode === 'production')
  @Matches(/.+/, { message: 'KEY_FILE est obligatoire en production : le fichier des clés, hors de la base et de ses sauvegardes.' })
  keyFile: string = '';

  @IsOptional()
  @Matches(/^age1/, { message: 'RESCUE_RECIPIENT est une clé publique age1…' })
  rescueRecipient?: string;

  @ValidateIf((config: Config) => config.mode === 'production')
  @Matches(/^smtps?:\/\//, { message: 'SMTP_URL commence par smtp:// ou smtps:// ; elle est obligatoire en production.' })
  smtpUrl: string = '';

  /** Reminders before each deadline: « J-3,J-1,H-4,H-1 ». */
  @Matches(/^\s*[JjHh]-[1-9]\d{0,2}(\s*,\s*[JjHh]-[1-9]\d{0,2})*\s*$/, { message: 'REMINDERS est une liste comme J-3,J-1,H-4,H-1.' })
  reminders: string = 'J-3,J-1,H-4,H-1';

  get reminderOffsets() {
    return this.reminders.split(',').map((one) => one.trim().toUpperCase());
  }

  mailFrom: string = 'ne-pas-repondre@souspli.example';

  /** Whom people call when a page fails: shown on every page. */
  helpTelephone: string = '';
  helpHours: string = '';

  @ValidateIf((config: Config) => config.mode === 'production')
  @Matches(/@/, { message: 'HELP_EMAIL est obligatoire en production : l’adresse de l’assistance, montrée sur chaque page.' })
  helpEmail: string = '';

  @IsOptional()
  browserPath?: string;

  @toNumber
  @IsInt({ message: 'MAX_FILE_BYTES est un nombre d’octets.' })
  @Min(MEGABYTE)
  maxFileBytes: number = 100 * MEGABYTE;

  @toNumber
  @IsInt()
  @Min(MEGABYTE)
  maxBidBytes: number = 500 * MEGABYTE;

  @toNumber
  @IsInt()
  @Min(1)
  maxBidFiles: number = 50;

  /** What is on its way must advance by 64 KiB within that time, or end: the total time of an upload is not limited. */
  silenceMs: number = 120_000;

  /** Documents of a consultation: what the buyer may publish, announced on each page that takes one. */
  @Matches(/^(pdf|odt|ods|docx|xlsx|zip|csv|txt|png|jpg)(,(pdf|odt|ods|docx|xlsx|zip|csv|txt|png|jpg))*$/, { message: 'DOCUMENT_TYPES est une liste parmi pdf,odt,ods,docx,xlsx,zip,csv,txt,png,jpg.' })
  documentTypes: string = 'pdf,odt,ods,docx,xlsx,zip,csv,png,jpg';

  @toNumber
  @IsInt({ message: 'MAX_DOCUMENT_BYTES est un nombre d’octets.' })
  @Min(MEGABYTE)
  @Max(200 * MEGABYTE, { message: 'MAX_DOCUMENT_BYTES vaut 200 000 000 au plus : un document est contrôlé en mémoire.' })
  maxDocumentBytes: number = 20 * MEGABYTE;

  /** Archive of the bids of another platform, read in memory. */
  readonly maxImportBytes = 200 * MEGABYTE;

  get documentLimits(): FileLimits {
    return { maxBytes: this.maxDocumentBytes, extensions: this.documentTypes.split(',') as Extension[] };
  }

  /** Changes the address of assets when the application changes. */
  readonly buildVersion = String(process.uptime()).replace('.', '') + process.pid;

  get demo() {
    return this.mode === 'demo';
  }

  get secure() {
    return this.baseUrl.startsWith('https:');
  }

  /**
   * @throws Error with one French sentence per wrong value
   */
  static read(env: NodeJS.ProcessEnv = process.env): Config {
    const given = {
      mode: env.SOUSPLI_MODE,
      port: env.PORT,
      trustProxy: env.TRUST_PROXY,
      baseUrl: env.BASE_URL,
      databaseUrl: env.DATABASE_URL,
      dataDir: env.DATA_DIR,
      keyFile: env.KEY_FILE,
      rescueRecipient: env.RESCUE_RECIPIENT,
      smtpUrl: env.SMTP_URL,
      mailFrom: env.MAIL_FROM,
      reminders: env.REMINDERS,
      helpTelephone: env.HELP_TELEPHONE,
      helpHours: env.HELP_HOURS,
      helpEmail: env.HELP_EMAIL,
      browserPath: env.PUPPETEER_EXECUTABLE_PATH,
      documentTypes: env.DOCUMENT_TYPES?.replaceAll(' ', '').toLowerCase(),
      maxDocumentBytes: env.MAX_DOCUMENT_BYTES,
      maxFileBytes: env.MAX_FILE_BYTES,
      maxBidBytes: env.MAX_BID_BYTES,
      maxBidFiles: env.MAX_BID_FILES,
    };
    const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
    return Config.of(present);
  }

  /** Where the data are, for a command that must work on a machine where nothing else is configured: the day the server is lost. */
  static stores(env: NodeJS.ProcessEnv = process.env) {
    return { databaseUrl: env.DATABASE_URL || 'sqlite:data/var/souspli.sqlite', dataDir: env.DATA_DIR || 'data/var', demo: env.SOUSPLI_MODE === 'demo' };
  }

  /** What must be said at each start, and does not prevent it. */
  get warnings(): string[] {
    if (this.mode !== 'production' || this.rescueRecipient) return [];
    return ['Aucune clé de secours (RESCUE_RECIPIENT) : si le fichier de clés est perdu avant une ouverture, les plis le sont aussi. Créez-en une : npm run souspli -- rescue-key'];
  }

  static of(given: Record<string, unknown>): Config {
    const config = plainToInstance(Config, given, { exposeDefaultValues: true });
    if (!config.baseUrl && config.mode !== 'production') config.baseUrl = `http://localhost:${config.port}`;
    if (config.demo && !config.helpEmail) Object.assign(config, { helpTelephone: '01 99 00 12 34', helpHours: 'du lundi au vendredi de 9 h à 18 h', helpEmail: 'assistance@souspli.example' });
    if (!config.keyFile && config.mode !== 'production') config.keyFile = `${config.dataDir}/keys/keyring.json`;
    const faults = validateSync(config).flatMap((fault) => Object.values(fault.constraints ?? {}));
    if (config.mode === 'production' && config.keyFile && isInside(config.keyFile, config.dataDir)) {
      faults.push('KEY_FILE est dans DATA_DIR : une seule sauvegarde, ou une seule copie volée, emporterait les plis et leurs clés. Placez-le ailleurs, par exemple /etc/souspli/cles.json.');
    }
    if (faults.length > 0) throw new Error(`Configuration refusée :\n- ${faults.join('\n- ')}`);
    return config;
  }
}

/** Links followed, as far as the path exists: a key file reached through one would be in the backup all the same. */
export function isInside(file: string, folder: string): boolean {
  const path = relative(real(folder), real(file));
  return path === '' || !(path === '..' || path.startsWith('../'));
}

function real(path: string): string {
  const absolute = resolve(path);
  if (existsSync(absolute)) return realpathSync(absolute);
  return absolute === dirname(absolute) ? absolute : join(real(dirname(absolute)), absolute.slice(dirname(absolute).length));
}
