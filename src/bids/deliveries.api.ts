import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { As, type Req as Request, Who } from '../platform/web.js';
import { CopiesService } from './copies.service.js';
import { DeliveryForm, EndScanForm, OpenCopyForm } from './deliveries.forms.js';
import { DeliveriesService } from './deliveries.service.js';
import { showCopy, showDeliveries, showScan } from './deliveries.view.js';
import { uploadForm } from './multipart-upload.js';
import { ReceiptsService } from './receipts.service.js';
import { ScansService } from './scans.service.js';

@Controller('api/consultations/:id/deliveries')
export class DeliveriesApi {
  constructor(
    private readonly deliveries: DeliveriesService,
    private readonly copies: CopiesService,
    private readonly scans: ScansService,
    private readonly receipts: ReceiptsService,
    private readonly config: Config,
  ) {}

  @Get()
  async list(@Who() actor: Actor, @Param('id') id: string) {
    return showDeliveries(await this.deliveries.list(actor, id));
  }

  @Post()
  async record(@Who() actor: Actor, @Param('id') id: string, @Body(new As(DeliveryForm)) form: DeliveryForm) {
    const { receiptId } = await this.deliveries.record(actor, id, form);
    return (await this.receipts.show(actor, receiptId)).receipt;
  }

  @Post(':deliveryId/destruction')
  @HttpCode(204)
  async destroy(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string) {
    await this.deliveries.destroy(actor, id, deliveryId);
  }

  @Get(':deliveryId/copy')
  async copy(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string) {
    return showCopy(await this.copies.find(actor, id, deliveryId));
  }

  @Post(':deliveryId/copy')
  openCopy(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string, @Body(new As(OpenCopyForm)) form: OpenCopyForm) {
    return this.copies.decide(actor, id, deliveryId, form);
  }

  @Get(':deliveryId/scan')
  async scan(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string) {
    return showScan(await this.scans.show(actor, id, deliveryId));
  }

  /** `multipart/form-data`, field `files`. */
  @Post(':deliveryId/scan/files')
  async addScan(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string, @Req() request: Request) {
    await this.scans.show(actor, id, deliveryId);
    await uploadForm(request, (file, source) => this.scans.add(actor, id, deliveryId, file, source), this.config);
    return this.scan(actor, id, deliveryId);
  }

  @Delete(':deliveryId/scan/files/:fileId')
  @HttpCode(204)
  async removeScan(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string, @Param('fileId') fileId: string) {
    await this.scans.remove(actor, id, deliveryId, fileId);
  }

  @Post(':deliveryId/scan/end')
  @HttpCode(200)
  async endScan(@Who() actor: Actor, @Param('id') id: string, @Param('deliveryId') deliveryId: string, @Body(new As(EndScanForm)) form: EndScanForm) {
    await this.scans.end(actor, id, deliveryId, form);
    return this.scan(actor, id, deliveryId);
  }
}
