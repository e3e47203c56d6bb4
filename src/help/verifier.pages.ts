import { Controller, Get, Header, Res } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Config } from '../config.js';
import { Public, type Res as Response } from '../platform/web.js';
import { Keyring } from '../sealing/keyring.js';

/** « Vérifier un reçu » : one file that works without us, given with the key of this platform in it. */
@Public()
@Controller()
export class VerifierPages {
  constructor(
    private readonly keyring: Keyring,
    private readonly config: Config,
  ) {}

  @Get('verifier-un-recu')
  @Header('Content-Type', 'text/html; charset=utf-8')
  read(@Res({ passthrough: true }) response: Response) {
    const links = '<p class="who"><a class="button-quiet" href="/verifier-un-recu.html" download>Garder cette page (un fichier)</a> <a class="button-quiet" href="/aide">Aide</a></p>';
    return this.page(response, links);
  }

  /** The same to keep: it leads nowhere, since it may be opened years later on another machine. */
  @Get('verifier-un-recu.html')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Disposition', 'attachment; filename="verifier-un-recu.html"')
  keep(@Res({ passthrough: true }) response: Response) {
    return this.page(response, '');
  }

  @Get('cle-publique.pem')
  @Header('Content-Type', 'application/x-pem-file')
  @Header('Content-Disposition', 'attachment; filename="cle-publique.pem"')
  key() {
    return this.keyring.publicKeyPem;
  }

  private async page(response: Response, links: string): Promise<string> {
    const page = await readFile(join(process.cwd(), 'dist', 'verifier.html'), 'utf8');
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
    // The page's own, stricter than ours: the header of every other page would refuse its inline script.
    response.setHeader('Content-Security-Policy', `${policy}; frame-ancestors 'none'`);
    const origin = `Elle est déjà remplie : c’est la clé que ${this.config.baseUrl} publiait quand cette page vous a été remise.`;
    return page
      .replace('<!--links-->', () => links)
      .replace('<!--origin-->', () => origin)
      .replace('%KEY%', () => this.keyring.publicKeyPem.trim());
  }
}
