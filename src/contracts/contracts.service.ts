import { Injectable } from '@nestjs/common';
import { FrameworkAgreement, Programme } from '../agreements/framework-agreement.js';
import { Consultation } from '../consultations/consultation.js';
import { UPLOADED_KINDS } from '../consultations/consultation-parts.js';
import { askVisasAgain } from '../consultations/visas.service.js';
import { nameOpeners } from '../consultations/openers.js';
import { Config } from '../config.js';
import { DEPARTMENTS } from '../people/departments.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Invalid, NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { checkedFile } from '../platform/media.js';
import type { OneFile } from '../platform/multipart.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { announce, fill, fillCommon, inviteHolders, nameSignatory } from './contract-filling.js';
import type { ContractForm, PrepareForm } from './contract.forms.js';
import { openContract } from './contract-opening.js';
import { mayPrepare, maySeeContract } from './contract.policy.js';
import { SubsequentContract } from './subsequent-contract.js';

/** From the choice of departments to the signature's door. */
@Injectable()
export class ContractsService {
  constructor(
    private readonly acts: Acts,
    private readonly files: Files,
    private readonly random: Random,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** One contract per department, from one common file; each keeps its own consultation. */
  prepare(actor: Actor, form: PrepareForm): Promise<{ ids: string[] }> {
    return this.acts.perform(actor, 'contract.prepare', async (act) => {
      const framework = (await act.db.createQueryBuilder(FrameworkAgreement, 'f').innerJoinAndMapOne('f.programme', Programme, 'p', 'p.id = f."programmeId"').where('f.id = :id', { id: form.frameworkId }).getOne()) as (FrameworkAgreement & { programme: Programme }) | null;
      const ids: string[] = [];
      for (const code of [...new Set(form.departments)].toSorted()) {
        act.see(DEPARTMENTS.has(code) && maySeeContract(actor, code));
        if (!framework) throw Invalid.field('frameworkId', 'Choisissez l’accord-cadre.', { ...form });
        const contract = await openContract(act, framework, code, form.deadline, { commonWithId: ids[0] ?? null }, form.buyer);
        ids.push(contract.id);
      }
      act.subject = ids[0] ?? null;
      act.record({ departments: form.departments, buyer: form.buyer || undefined });
      return { ids };
    });
  }

  edit(actor: Actor, id: string, form: ContractForm): Promise<void> {
    return this.change(actor, id, 'contract.edit', async (act, contract, consultation) => {
      fill(contract, consultation, form, act.now);
      await nameSignatory(act, contract, consultation.territory, form.signatoryId ?? '', form);
      await act.db.save([contract, consultation]);
      await this.together(act, contract, form.together, async (other, call) => {
        fillCommon(other, form, act.now);
        announce(call, form, act.now);
        if (call.territory === consultation.territory) other.signatoryId = contract.signatoryId;
        await act.db.save([other, call]);
      });
    });
  }

  setOpeners(actor: Actor, id: string, openerIds: string[], together = ''): Promise<void> {
    return this.change(actor, id, 'contract.openers', async (act, contract, consultation) => {
      await nameOpeners(act, consultation, openerIds);
      // Another buyer's openers are other people.
      await this.together(act, contract, together, async (_, call) => (call.territory === consultation.territory ? nameOpeners(act, call, openerIds) : undefined));
    });
  }

  /** Takes the holders of the lot as they are today. */
  refreshInvitees(actor: Actor, id: string): Promise<{ invited: number }> {
    return this.change(actor, id, 'contract.invitees', async (act, contract, consultation) => {
      const invited = await inviteHolders(act, contract, consultation);
      act.record({ invited });
      return { invited };
    });
  }

  async addDocument(actor: Actor, id: string, document: { title: string; kind: string; together?: string }, upload: OneFile | null): Promise<void> {
    const { name, bytes, mediaType } = checkedFile(upload, this.config.documentLimits, 'document', document);
    await this.acts.look(actor, 'contract.document-add', async (act) => {
      const found = await act.db.findOneBy(SubsequentContract, { id });
      act.see(found !== null && maySeeContract(actor, found.departmentCode));
      const call = await act.db.findOneBy(Consultation, { id: found?.consultationId ?? '' });
      act.require(call !== null && mayPrepare(actor, call.territory), 'Le marché est préparé par son acheteur.');
    });
    const title = document.title || name.replace(/\.\w{1,8}$/, '');
    const file = await StoredFile.write(this.files, this.random, this.clock.now(), name, mediaType, bytes);
    await this.change(actor, id, 'contract.document-add', async (act, contract) => {
      const kind = UPLOADED_KINDS.find((one) => one === document.kind) ?? 'annex';
      const join = async (to: SubsequentContract) => {
        const named = to.id === id ? '' : ` (${to.departmentCode})`;
        if (to.documents.some((one) => one.title === title)) throw Invalid.field('title', `Un document porte déjà ce titre${named} : les titulaires ne sauraient pas lequel lire.`, document);
        to.documents = [...to.documents, { fileId: file.id, title: title.slice(0, 200), kind, size: file.size }];
        await act.db.update(SubsequentContract, { id: to.id }, { documents: to.documents });
      };
      await act.add(file);
      await join(contract);
      await this.together(act, contract, document.together ?? '', join);
      act.record({ sha256: file.sha256, size: file.size });
    });
  }

  removeDocument(actor: Actor, id: string, fileId: string): Promise<void> {
    return this.change(actor, id, 'contract.document-remove', async (act, contract) => {
      if (!contract.documents.some((one) => one.fileId === fileId)) throw new NotFound();
      contract.documents = contract.documents.filter((one) => one.fileId !== fileId);
      await act.db.update(SubsequentContract, { id }, { documents: contract.documents });
    });
  }

  async document(actor: Actor, id: string, fileId: string) {
    const contract = await this.acts.look(actor, 'contract.find', async (act) => {
      const found = await act.db.findOneBy(SubsequentContract, { id });
      act.see(found !== null && maySeeContract(actor, found.departmentCode));
      return found;
    });
    if (!contract?.documents.some((one) => one.fileId === fileId)) throw new NotFound();
    const file = await this.acts.look(actor, 'contract.document', (act) => {
      act.see(maySeeContract(actor, contract.departmentCode));
      return act.db.findOneByOrFail(StoredFile, { id: fileId });
    });
    return { name: file.name, mediaType: file.mediaType, size: file.size, stream: this.files.stream(file.blob) };
  }

  /** « Reporter sur les départements préparés ensemble »: those of the common file that are still in preparation. */
  private async together(act: Act, contract: SubsequentContract, asked: string, work: (other: SubsequentContract, call: Consultation) => Promise<void>) {
    if (asked !== 'oui') return;
    const root = contract.commonWithId ?? contract.id;
    const changed: string[] = [];
    const others = (await act.db.findBy(SubsequentContract, [{ frameworkId: contract.frameworkId, commonWithId: root }, { id: root }])).filter((one) => one.id !== contract.id && one.status === 'preparation');
    for (const other of others) {
      const call = await act.load(Consultation, other.consultationId ?? '');
      // Bought by another department: its own agents decide.
      if (!mayPrepare(act.actor, call.territory)) continue;
      await work(other, call);
      await askVisasAgain(act, call.id);
      changed.push(other.departmentCode);
    }
    act.record({ together: changed });
  }

  private change<T>(actor: Actor, id: string, name: string, work: (act: Act, contract: SubsequentContract, consultation: Consultation) => Promise<T>): Promise<T> {
    return this.acts.perform(actor, name, async (act) => {
      const contract = await act.load(SubsequentContract, id);
      act.see(maySeeContract(actor, contract.departmentCode));
      const consultation = await act.load(Consultation, contract.consultationId ?? '');
      act.require(mayPrepare(actor, consultation.territory), 'Le marché est préparé par son acheteur.');
      contract.mayChange();
      act.on(consultation.id, contract.id);
      const result = await work(act, contract, consultation);
      await askVisasAgain(act, consultation.id);
      return result;
    });
  }
}
