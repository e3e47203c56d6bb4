import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { Consultation } from './consultation.js';
import { mayManage, worksOn } from './consultation.policy.js';
import { sectionsOf, STARTS, WRITTEN_KINDS, type WrittenKind, WrittenDocument } from './writing.js';

const MAX_TEXT = 200_000;

/** Specifications and rules written here, and their PDF from the press of the letters. */
@Injectable()
export class WritingService {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly config: Config,
  ) {}

  /** Two queries. @param start what the document says until it is written */
  show(actor: Actor, id: string, kind: WrittenKind, start = STARTS[kind]) {
    return this.acts.look(actor, 'writing.show', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id });
      if (!consultation) throw new NotFound();
      act.see(worksOn(actor, consultation.territory));
      const written = await act.db.findOneBy(WrittenDocument, { consultationId: id, kind });
      return { consultation, written, text: written?.text ?? start, manages: mayManage(actor, consultation) && consultation.status === 'draft' };
    });
  }

  save(actor: Actor, id: string, kind: WrittenKind, text: string): Promise<void> {
    return this.acts.perform(actor, 'writing.save', async (act) => {
      const consultation = await act.load(Consultation, id);
      act.see(worksOn(actor, consultation.territory));
      act.require(mayManage(actor, consultation), 'Ce document s’écrit par l’agent qui prépare le dossier.');
      act.on(id);
      if (consultation.status !== 'draft') throw new Refused('not-draft', 'La consultation est lancée : publiez une nouvelle version du document depuis son suivi.');
      if (text.length > MAX_TEXT) throw Invalid.field('text', `Ce document dépasse ${MAX_TEXT} caractères.`, { text });
      if (sectionsOf(text).length === 0) throw Invalid.field('text', 'Écrivez au moins une partie : un titre qui commence par « # », puis son texte.', { text });
      const known = await act.db.findOneBy(WrittenDocument, { consultationId: id, kind });
      if (known) await act.db.update(WrittenDocument, { id: known.id }, { text, version: known.version + 1, byId: actor.id, updatedAt: act.now });
      else await act.add(Object.assign(new WrittenDocument(), { id: act.random.id(), consultationId: id, kind, text, byId: actor.id, updatedAt: act.now }));
      act.record({ kind, version: (known?.version ?? 0) + 1 });
    });
  }

  /** As it stands now. Nothing slow inside an act: whoever joins it prints first. */
  async pdf(actor: Actor, id: string, kind: WrittenKind, start?: string): Promise<Buffer> {
    const { consultation, written, text } = await this.show(actor, id, kind, start);
    const { letterhead } = await this.acts.look(actor, 'writing.print', (act) => {
      act.see(worksOn(actor, consultation.territory));
      return act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
    });
    const title = WRITTEN_KINDS[kind];
    return this.letters.print(
      'specifications',
      {
        frame: { brandLabel: letterhead.brandLines, motto: letterhead.motto, service: letterhead.serviceLines, footer: letterhead.footerLines, notice: this.config.demo ? 'Démonstration : document sans valeur' : undefined },
        title,
        subtitle: consultation.title,
        reference: consultation.reference,
        version: `version ${written?.version ?? 1}`,
        sections: sectionsOf(text),
        contents: true,
      },
      title,
    );
  }
}
