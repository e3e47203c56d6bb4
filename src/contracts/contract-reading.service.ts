import { Injectable } from '@nestjs/common';
import { maySeeDepartment, regionOf } from '../agreements/agreement.policy.js';
import { FrameworkAgreement } from '../agreements/framework-agreement.js';
import { Holder, Lot, LotDepartment } from '../agreements/lot.js';
import { Consultation } from '../consultations/consultation.js';
import { invitationsOf } from '../consultations/launching.service.js';
import { possibleOpeners } from '../consultations/openers.js';
import { Letter } from '../letters/letter.js';
import { DEPARTMENTS } from '../people/departments.js';
import { Authority } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { dayOf } from '../platform/working-days.js';
import { check, checkPlace, contractOf } from './contract-facts.js';
import { possibleSignatories } from './contract-filling.js';
import { mayPrepare, maySeeContract } from './contract.policy.js';
import { alreadyGone } from './preflight.js';
import { SubsequentContract } from './subsequent-contract.js';

const PAGE = 25;

/** What the pages, the API and the command line read of contracts. */
@Injectable()
export class ContractReadingService {
  constructor(private readonly acts: Acts) {}

  /** Contracts of the departments one works on, the latest first, 25 at a time (one query). */
  list(actor: Actor, after = '') {
    return this.acts.look(actor, 'contract.list', async (act) => {
      const codes = [...DEPARTMENTS.keys()].filter((code) => maySeeDepartment(actor, code));
      act.see(codes.length > 0);
      const query = act.db
        .createQueryBuilder(SubsequentContract, 'c')
        .leftJoinAndMapOne('c.consultation', Consultation, 'k', 'k.id = c."consultationId"')
        .innerJoinAndMapOne('c.lot', Lot, 'l', 'l.id = c."lotId"')
        .where('c."departmentCode" in (:...codes)', { codes })
        .orderBy('c.createdAt', 'DESC')
        .addOrderBy('c.id', 'DESC')
        .limit(PAGE + 1);
      const [createdAt, id] = after.split('_');
      if (createdAt && id) query.andWhere('(c."createdAt" < :createdAt or (c."createdAt" = :createdAt and c.id < :id))', { createdAt, id });
      const rows = (await query.getMany()) as (SubsequentContract & { consultation: Consultation | null; lot: Lot })[];
      const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
      return { rows: rows.slice(0, PAGE), next: last ? `${last.createdAt.toISOString()}_${last.id}` : null, now: act.now };
    });
  }

  /** Contracts with letters to sign for the buyers where this person signs: the parapheur's other half. */
  waiting(actor: Actor) {
    return this.acts.look(actor, 'contract.waiting', async (act) => {
      const territories = actor.mandates.filter((one) => one.role === 'regional-signatory' || one.role === 'dept-signatory').map((one) => one.territory);
      act.see(territories.length > 0);
      const rows = await act.db
        .createQueryBuilder(Letter, 'l')
        .innerJoin(SubsequentContract, 'c', 'c.id = l."subjectId"')
        .innerJoin(Consultation, 'k', 'k.id = c."consultationId"')
        .select(['c.id AS "id"', 'c.title AS "title"', 'count(*) AS "letters"', 'c."submittedAt" AS "submittedAt"', 'k.deadline AS "deadline"', 'k."timeZone" AS "timeZone"'])
        .where('l.status = :ready and k.territory in (:...territories) and (c."signatoryId" is null or c."signatoryId" = :me)', { ready: 'ready', territories, me: actor.id })
        .groupBy('c.id, c.title, c."submittedAt", k.deadline, k."timeZone"')
        .orderBy('c."submittedAt"')
        .getRawMany<{ id: string; title: string; letters: number | string; submittedAt: string; deadline: string; timeZone: string }>();
      return rows.map((row) => ({ ...row, letters: Number(row.letters), href: `/marches/${row.id}/lettres` }));
    });
  }

  /** Content, invitations, openers, letters, departments prepared with it: five queries. */
  find(actor: Actor, id: string) {
    return this.acts.look(actor, 'contract.show', async (act) => {
      const contract = await this.visible(act, actor, id);
      const { consultation } = contract;
      const invitations = consultation ? await invitationsOf(act, consultation.id) : [];
      const openers = consultation ? await possibleOpeners(act, consultation.territory) : [];
      const letters = await act.db
        .createQueryBuilder(Letter, 'l')
        .select(['l.id', 'l.kind', 'l.form', 'l.number', 'l.title', 'l.status', 'l.chrono', 'l.fileId', 'l.signedAt', 'l.sentAt', 'l.invitationId'])
        .where('l.subjectId = :id and l.status <> :gone', { id, gone: 'cancelled' })
        .orderBy('l.number')
        .getMany();
      const root = contract.commonWithId ?? contract.id;
      const siblings = await act.db.find(SubsequentContract, { where: [{ frameworkId: contract.frameworkId, commonWithId: root }, { id: root }], select: { id: true, departmentCode: true, status: true }, order: { departmentCode: 'ASC' } });
      return { contract, invitations, openers, letters, siblings: siblings.filter((one) => one.id !== id && maySeeContract(actor, one.departmentCode)), now: act.now };
    });
  }

  /** Who may sign it: two queries. */
  signatories(actor: Actor, id: string) {
    return this.acts.look(actor, 'contract.signatories', async (act) => {
      const contract = await this.visible(act, actor, id);
      return contract.consultation ? possibleSignatories(act, contract.consultation.territory) : [];
    });
  }

  /** All reasons at once, for the page, the API and the command line. */
  preflight(actor: Actor, id: string) {
    return this.acts.look(actor, 'contract.preflight', async (act) => {
      const contract = await this.visible(act, actor, id);
      if (!contract.preparing) return { contract, reasons: [alreadyGone(contract)], invitations: [], diagnostic: null, now: act.now };
      return { contract, ...(await check(act, contract)), now: act.now };
    });
  }

  /** By department: its living contract in the framework in force, or what is known without one. */
  preflightOfDepartment(actor: Actor, departmentCode: string) {
    return this.acts.look(actor, 'contract.preflight-department', async (act) => {
      act.see(actor.isSystem || (DEPARTMENTS.has(departmentCode) && maySeeContract(actor, departmentCode)));
      const day = dayOf(act.now, 'Europe/Paris');
      const place = (await act.db
        .createQueryBuilder(LotDepartment, 'd')
        .innerJoinAndMapOne('d.framework', FrameworkAgreement, 'f', 'f.id = d."frameworkId" and f.status = :status and f."endsOn" >= :day', { status: 'in-force', day })
        .innerJoinAndMapOne('d.lot', Lot, 'l', 'l.id = d."lotId"')
        .leftJoinAndMapMany('l.holders', Holder, 'h', 'h."lotId" = l.id')
        .leftJoinAndMapOne('d.contract', SubsequentContract, 'c', 'c.slot = d."frameworkId" || \'/\' || d."departmentCode"')
        .where('d."departmentCode" = :departmentCode', { departmentCode })
        .orderBy('case when f."recordedIn" is null then 0 else 1 end')
        .addOrderBy('f."startsOn"', 'DESC')
        .getOne()) as (LotDepartment & { framework: FrameworkAgreement; lot: Lot & { holders: Holder[] }; contract: SubsequentContract | null }) | null;
      if (!place) throw new NotFound('Ce département n’est dans aucun accord-cadre en vigueur.');
      if (!place.contract) return checkPlace(act, place.framework, place.lot, place);
      if (!place.contract.preparing) return [alreadyGone(place.contract)];
      return (await check(act, await contractOf(act, place.contract.id))).reasons;
    });
  }

  /** Places where this person may prepare a contract: departments of the framework without a living one. */
  places(actor: Actor) {
    return this.acts.look(actor, 'contract.places', async (act) => {
      const codes = [...DEPARTMENTS.values()].filter((one) => mayPrepare(actor, one.code)).map((one) => one.code);
      act.see(codes.length > 0);
      const day = dayOf(act.now, 'Europe/Paris');
      const rows = (await act.db
        .createQueryBuilder(LotDepartment, 'd')
        .innerJoinAndMapOne('d.framework', FrameworkAgreement, 'f', 'f.id = d."frameworkId" and f.status = :status and f."endsOn" >= :day', { status: 'in-force', day })
        .innerJoinAndMapOne('d.lot', Lot, 'l', 'l.id = d."lotId"')
        .leftJoin(SubsequentContract, 'c', 'c.slot = d."frameworkId" || \'/\' || d."departmentCode"')
        .where('d."departmentCode" in (:...codes) and c.id is null', { codes })
        .orderBy('case when f."recordedIn" is null then 0 else 1 end')
        .addOrderBy('f.startsOn', 'DESC')
        .addOrderBy('d.departmentCode')
        .getMany()) as (LotDepartment & { framework: FrameworkAgreement; lot: Lot })[];
      const authorities = await act.db.createQueryBuilder(Authority, 'a').select(['a.id', 'a.territory']).where('a.territory in (:...territories)', { territories: [...codes, ...new Set(codes.map((code) => `R${regionOf(code)}`))] }).getMany();
      return { places: rows, buyers: new Set(authorities.map((one) => one.territory)) };
    });
  }

  private async visible(act: Act, actor: Actor, id: string) {
    const contract = await contractOf(act, id);
    act.see(maySeeContract(actor, contract.departmentCode));
    return contract;
  }
}
