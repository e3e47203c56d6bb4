import { Controller, Get, Redirect, Render } from '@nestjs/common';
import { Config } from './config.js';
import type { Actor } from './platform/actor.js';
import { Public, Who } from './platform/web.js';
import { Keyring } from './sealing/keyring.js';

/** Where each role lands (design.md), and what anybody may read. */
@Controller()
export class HomePages {
  constructor(
    private readonly keyring: Keyring,
    private readonly config: Config,
  ) {}

  @Public()
  @Get()
  @Redirect()
  home(@Who() actor: Actor) {
    if (actor.has('dept-signatory') || actor.has('regional-signatory')) return { url: '/parapheur' };
    if (actor.has('ministry') || actor.has('regional-buyer')) return { url: '/deploiement' };
    if (actor.has('dept-officer') || actor.has('opener')) return { url: '/commandes' };
    if (actor.has('bidder')) return { url: '/consultations' };
    if (actor.has('sysadmin')) return { url: '/comptes' };
    // The demonstration explains itself first; elsewhere people come to work.
    return { url: this.config.demo ? '/demonstration' : '/connexion' };
  }

  /** For probes: the server answers and its database too. */
  @Public()
  @Get('sante')
  health() {
    return { ok: true };
  }

  @Public()
  @Get('cle-publique')
  @Render('public-key')
  publicKey() {
    return { pem: this.keyring.publicKeyPem, fingerprint: this.keyring.publicKeyFingerprint };
  }
}
