import { Body, Controller, Get, Param, Post, Redirect, Render, Req } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, Refused, TooLarge } from '../platform/errors.js';
import { Random } from '../platform/random.js';
import { As, type Req as Request, seeOther, Who } from '../platform/web.js';
import { CopiesService } from './copies.service.js';
import { DeliveryForm, EndScanForm, OpenCopyForm } from './deliveries.forms.js';
import { DeliveriesService } from './deliveries.service.js';
import { showCopy, showDeliveries, showScan } from './deliveries.view.js';
import { uploadForm } from './multipart-upload.js';
import { ScansService } from './scans.service.js';

/** « Enveloppes remises » : paper, USB, by hand; and backup copies. */
@Controller('consultations/:id/remises')
export class DeliveriesPages {
  constructor(
    private readonly deliveries: DeliveriesService,
    private readonly copies: CopiesService,
    private readonly scans: ScansService,
    private readonly random: Random,
    private readonly config: Config,
  ) {}

  @Get()
  @Render('bids/deliveries')
  async list(@Who() actor: Actor, @Param('id') id: string) {
    return { ...showDeliveries(await this.deliveries.list(actor, id)), idempotencyKey: this.random.id() };
  }

  @Post()
  @Redirect()
  async record(@Who() actor: Actor, @Param('id') id: string, @Body(new As(DeliveryForm)) form: DeliveryForm) {
    const { receiptId } = await this.deliveries.record(actor, id, form);
    return seeOther(`/recus/${receiptId}`);
  }

  @Post(':deliveryId/detruire')
  @Redirect()
  async destroy(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string) {
    await this.deliveries.destroy(actor, id, deliveryId);
    return seeOther(`/consultations/${id}/remises`);
  }

  @Get(':deliveryId/copie')
  @Render('bids/copy')
  async copy(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string) {
    return showCopy(await this.copies.find(actor, id, deliveryId));
  }

  @Post(':deliveryId/copie')
  @Redirect()
  async openCopy(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string, @Body(new As(OpenCopyForm)) form: OpenCopyForm) {
    const { session } = await this.copies.decide(actor, id, deliveryId, form);
    return seeOther(`/consultations/${id}/ouverture/${session}`);
  }

  @Get(':deliveryId/numerisation')
  @Render('bids/scan')
  async scan(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string) {
    return { ...showScan(await this.scans.show(actor, id, deliveryId)), maxFileBytes: this.config.maxFileBytes };
  }

  @Post(':deliveryId/numerisation/fichiers')
  @Redirect()
  async addScan(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string, @Req() request: Request) {
    await this.scans.show(actor, id, deliveryId); // a stranger's bytes are not even read
    try {
      await uploadForm(request, (file, source) => this.scans.add(actor, id, deliveryId, file, source), this.config);
    } catch (error) {
      if (error instanceof TooLarge || (error instanceof Refused && error.code === 'cut')) throw Invalid.field('files', error.message);
      throw error;
    }
    return seeOther(`/consultations/${id}/remises/${deliveryId}/numerisation`);
  }

  @Post(':deliveryId/numerisation/fichiers/:fileId/supprimer')
  @Redirect()
  async removeScan(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string, @Param('fileId') fileId: string) {
    await this.scans.remove(actor, id, deliveryId, fileId);
    return seeOther(`/consultations/${id}/remises/${deliveryId}/numerisation`);
  }

  @Post(':deliveryId/numerisation/terminer')
  @Redirect()
  async endScan(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string, @Body(new As(EndScanForm)) form: EndScanForm) {
    await this.scans.end(actor, id, deliveryId, form);
    return seeOther(`/consultations/${id}/plis`);
  }
}
