import { Body, Controller, Get, Param, Post, Redirect, Render, StreamableFile } from '@nestjs/common';
import { FrameworkAgreement, Programme } from '../agreements/framework-agreement.js';
import { Commission } from '../commissions/commission.js';
import { CommissionsService } from '../commissions/commissions.service.js';
import { WRITTEN_KINDS, type WrittenKind } from '../consultations/writing.js';
import { WritingService } from '../consultations/writing.service.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { As, seeOther, Trimmed, Who } from '../platform/web.js';
import { maySeeContract } from './contract.policy.js';
import { ContractsService } from './contracts.service.js';
import { SubsequentContract } from './subsequent-contract.js';
import { startOf } from './writing-start.js';

export class WritingForm {
  @Trimmed() text!: string;
}

/** Writing, reading and joining a document, whichever procedure the consultation belongs to. */
@Controller('consultations/:id/redaction/:kind')
export class WritingPages {
  constructor(
    private readonly acts: Acts,
    private readonly writing: WritingService,
    private readonly commissions: CommissionsService,
    private readonly contracts: ContractsService,
  ) {}

  @Get()
  @Render('contracts/writing')
  async show(@Who() actor: Actor, @Param('id') id: string, @Param('kind') kind: string) {
    const { file, start } = await this.subject(actor, id, known(kind));
    const { consultation, written, text, manages } = await this.writing.show(actor, id, known(kind), start);
    return { consultation: { id, title: consultation.title }, kind, heading: WRITTEN_KINDS[known(kind)], text, version: written?.version ?? null, manages, file };
  }

  @Post()
  @Redirect()
  async save(@Who() actor: Actor, @Param('id') id: string, @Param('kind') kind: string, @Body(new As(WritingForm)) form: WritingForm) {
    await this.writing.save(actor, id, known(kind), form.text);
    return seeOther(`/consultations/${id}/redaction/${kind}`, 'Le texte est enregistré.');
  }

  @Get('apercu.pdf')
  async preview(@Who() actor: Actor, @Param('id') id: string, @Param('kind') kind: string) {
    const { start } = await this.subject(actor, id, known(kind));
    return new StreamableFile(await this.writing.pdf(actor, id, known(kind), start), { type: 'application/pdf', disposition: 'inline; filename="apercu.pdf"' });
  }

  @Post('joindre')
  @Redirect()
  async join(@Who() actor: Actor, @Param('id') id: string, @Param('kind') typed: string) {
    const kind = known(typed);
    const title = WRITTEN_KINDS[kind];
    const { commission, contract, start } = await this.subject(actor, id, kind);
    const upload = { name: `${title}.pdf`, bytes: await this.writing.pdf(actor, id, kind, start) };
    if (commission) {
      await this.commissions.setSpecifications(actor, commission.id, upload);
      return seeOther(`/commandes/${commission.id}#cahier-des-charges`, 'Le cahier des charges est imprimé et joint.');
    }
    if (!contract) throw new NotFound();
    const former = contract.documents.find((one) => one.title === title);
    if (former) await this.contracts.removeDocument(actor, contract.id, former.fileId);
    await this.contracts.addDocument(actor, contract.id, { title, kind }, upload);
    return seeOther(`/marches/${contract.id}#documents`, 'Le document est imprimé et joint.');
  }

  /** What the document belongs to, and the words it starts from: those of the programme and of the contract. */
  private subject(actor: Actor, consultationId: string, kind: WrittenKind) {
    return this.acts.look(actor, 'writing.subject', async (act) => {
      const commission = await act.db.findOneBy(Commission, { consultationId });
      const contract = commission ? null : await act.db.findOneBy(SubsequentContract, { consultationId });
      const code = commission?.departmentCode ?? contract?.departmentCode;
      act.see(code !== undefined && maySeeContract(actor, code));
      const frameworkId = commission?.frameworkId ?? contract?.frameworkId ?? '';
      const programme = frameworkId ? await act.db.createQueryBuilder(Programme, 'p').innerJoin(FrameworkAgreement, 'f', 'f."programmeId" = p.id and f.id = :frameworkId', { frameworkId }).getOne() : null;
      return { commission, contract, file: commission ? `/commandes/${commission.id}` : `/marches/${contract?.id}`, start: startOf(kind, programme, contract) };
    });
  }
}

function known(kind: string): WrittenKind {
  if (!Object.hasOwn(WRITTEN_KINDS, kind)) throw new NotFound();
  return kind as WrittenKind;
}
