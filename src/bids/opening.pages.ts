import { Body, Controller, Get, Header, Param, Post, Redirect, Render, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { Actor } from '../platform/actor.js';
import { Refused } from '../platform/errors.js';
import { As, seeOther, Who } from '../platform/web.js';
import { ConfirmForm } from './bids.forms.js';
import { showOpenedBids } from './bid.view.js';
import { OpenedBidsService } from './opened-bids.service.js';
import { OpeningService } from './opening.service.js';
import { showOpening } from './opening.view.js';

/** The buyer's side: the opening, then the register and the files. */
@Controller('consultations/:id')
export class OpeningPages {
  constructor(
    private readonly opening: OpeningService,
    private readonly opened: OpenedBidsService,
  ) {}

  @Get('ouverture')
  @Render('bids/opening')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showOpening(await this.opening.state(actor, id));
  }

  @Post('ouverture/confirmer')
  @Redirect()
  async confirm(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ConfirmForm)) _: ConfirmForm) {
    await this.opening.confirm(actor, id);
    return seeOther(`/consultations/${id}/ouverture`, 'Votre confirmation est enregistrée.');
  }

  @Post('ouverture/ouvrir')
  @Redirect()
  async open(@Who() actor: Actor, @Param('id') id: string) {
    await this.opening.open(actor, id);
    return seeOther(`/consultations/${id}/plis`, 'L’ouverture est faite. Les empreintes sont contrôlées, puis le procès-verbal est dressé.');
  }

  @Get('plis')
  @Render('bids/opened')
  async list(@Who() actor: Actor, @Param('id') id: string) {
    try {
      const { chain, ...register } = await this.opened.page(actor, id);
      return { ...showOpenedBids(register), chain };
    } catch (error) {
      // One page and one sentence, whether there are no bids or fifty (sealing.md 1.6).
      if (error instanceof Refused && error.code === 'sealed') return { consultationId: id, sealed: error.message };
      throw error;
    }
  }

  @Get('plis/:bidId/fichiers/:fileId')
  @Header('X-Content-Type-Options', 'nosniff')
  async file(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string) {
    const { name, size, intact, content } = await this.opened.file(actor, id, fileId);
    // Never shown in the page: a bidder's file is not ours to trust. A damaged one may not have its size.
    return new StreamableFile(Readable.from(content), {
      type: 'application/octet-stream',
      ...(intact ? { length: size } : {}),
      disposition: attachment(name),
    });
  }

  @Get('proces-verbal.pdf')
  async minutes(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.opened.document(actor, id, 'minutes'), { type: 'application/pdf', disposition: 'inline; filename="proces-verbal.pdf"' });
  }

  @Get('registre.pdf')
  async register(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.opened.document(actor, id, 'register'), { type: 'application/pdf', disposition: 'inline; filename="registre.pdf"' });
  }
}

/** RFC 5987: any name, in a header that holds ASCII only. */
export function attachment(name: string): string {
  const coded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename*=UTF-8''${coded}`;
}
