import { Body, Controller, Get, Param, Post, Query, Redirect, Render, Req, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound } from '../platform/errors.js';
import { readFormWithFile } from '../platform/multipart.js';
import { csvFile, xlsxFile } from '../platform/spreadsheet.js';
import { type Req as Request, seeOther, Who } from '../platform/web.js';
import type { ImportKind } from './data-import.js';
import { pageOf, showFramework, showImport, showImportRow } from './import.view.js';
import { IMPORT_MAX_BYTES, ImportsService } from './imports.service.js';
import { exampleOf, headerOf, isKind, KIND_LIST, KINDS } from './kinds.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const CSV = 'text/csv; charset=utf-8';

@Controller('accords-cadres/:id/imports')
export class ImportsPages {
  constructor(private readonly imports: ImportsService) {}

  @Get()
  @Render('imports/list')
  async list(@Who() actor: Actor, @Param('id') id: string) {
    const { framework, imports } = await this.imports.list(actor, id);
    return { framework: showFramework(framework), kinds: KIND_LIST, rows: imports.map(showImportRow), maxBytes: IMPORT_MAX_BYTES };
  }

  @Get('modeles/:name')
  async template(@Who() actor: Actor, @Param('id') id: string, @Param('name') name: string) {
    await this.imports.list(actor, id);
    const [kind, format] = name.split('.');
    if (!isKind(kind) || (format !== 'csv' && format !== 'xlsx')) throw new NotFound();
    const bytes = format === 'csv' ? csvFile(headerOf(kind), [exampleOf(kind)]) : await xlsxFile(KINDS[kind].label, headerOf(kind), [exampleOf(kind)]);
    return new StreamableFile(bytes, { type: format === 'csv' ? CSV : XLSX, disposition: `attachment; filename="modele-${kind}.${format}"` });
  }

  @Post()
  @Redirect()
  async upload(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request, @Query('type') type?: string) {
    const { kind, file } = await readUpload(request, type);
    const one = await this.imports.upload(actor, id, kind, file).catch((error: unknown) => {
      // One field per kind stands on the page: the fault goes back beside the right one.
      if (error instanceof Invalid) throw new Invalid(error.errors.map(({ field, message }) => ({ field: field === 'file' ? `file-${kind}` : field, message })));
      throw error;
    });
    return seeOther(`/accords-cadres/${id}/imports/${one.id}`);
  }

  @Get(':importId')
  @Render('imports/show')
  async show(@Who() actor: Actor, @Param('id') id: string, @Param('importId') importId: string, @Query('voir') filter?: string, @Query('page') page?: string) {
    const { lines, ...view } = showImport(await this.imports.find(actor, id, importId));
    const href = `/accords-cadres/${id}/imports/${importId}`;
    const headerErrors = lines.length === 0 ? view.errors : [];
    return { view, href, headerErrors, ...pageOf({ ...view, lines }, href, filter, page) };
  }

  @Get(':importId/erreurs.csv')
  async errors(@Who() actor: Actor, @Param('id') id: string, @Param('importId') importId: string) {
    const { errors } = showImport(await this.imports.find(actor, id, importId));
    const bytes = csvFile(['Ligne', 'Colonne', 'Erreur'], errors.map((one) => [one.line, one.column, one.message]));
    return new StreamableFile(bytes, { type: CSV, disposition: 'attachment; filename="erreurs.csv"' });
  }

  @Get(':importId/fichier')
  async received(@Who() actor: Actor, @Param('id') id: string, @Param('importId') importId: string) {
    const { name, bytes } = await this.imports.received(actor, id, importId);
    return new StreamableFile(bytes, { type: 'application/octet-stream', disposition: `attachment; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}` });
  }

  @Post(':importId/appliquer')
  @Redirect()
  async apply(@Who() actor: Actor, @Param('id') id: string, @Param('importId') importId: string, @Body() body: { seen?: unknown } = {}) {
    await this.imports.apply(actor, id, importId, typeof body.seen === 'string' ? body.seen : '');
    return seeOther(`/accords-cadres/${id}/imports/${importId}`);
  }

  @Post(':importId/abandonner')
  @Redirect()
  async cancel(@Who() actor: Actor, @Param('id') id: string, @Param('importId') importId: string) {
    await this.imports.cancel(actor, id, importId);
    return seeOther(`/accords-cadres/${id}/imports`);
  }
}

/**
 * The kind comes with the address of the form or as a field beside the file, `kind` or `type`.
 * @throws Invalid on `file` or `kind`
 */
export async function readUpload(request: Request, named?: string): Promise<{ kind: ImportKind; file: { name: string; bytes: Buffer } }> {
  const { file, fields } = await readFormWithFile(request, 'file', IMPORT_MAX_BYTES);
  const kind = named ?? fields.kind ?? fields.type;
  if (!isKind(kind)) throw Invalid.field('kind', `Dites ce que contient le fichier\u00a0: ${Object.keys(KINDS).join(', ')}.`);
  if (!file) throw Invalid.field(named ? `file-${kind}` : 'file', 'Choisissez un fichier.');
  return { kind, file };
}
