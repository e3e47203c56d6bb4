import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { checkedFile } from '../platform/media.js';
import type { OneFile } from '../platform/multipart.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { Consultation } from './consultation.js';
import { mayManage, worksOn } from './consultation.policy.js';
import type { SettingsForm } from './exchange.forms.js';
import { settle } from './settings.js';
import { askVisasAgain } from './visas.service.js';

const WHOSE = 'Ce changement revient à l’agent qui suit la consultation.';

/** What the launch announces, until its letters are submitted. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly acts: Acts,
    private readonly files: Files,
    private readonly random: Random,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** The consultation as its settings page shows it (one query). */
  show(actor: Actor, id: string) {
    return this.acts.look(actor, 'consultation.settings', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id });
      if (!consultation) throw new NotFound();
      act.see(worksOn(actor, consultation.territory));
      return { consultation, manages: mayManage(actor, consultation), now: act.now };
    });
  }

  save(actor: Actor, id: string, form: SettingsForm): Promise<void> {
    return this.managed(actor, id, 'consultation.settings', async (act, consultation) => {
      settle(consultation, form, act.now);
      await act.db.save(consultation);
      await askVisasAgain(act, id);
      act.record({ channel: consultation.channel, questionsBefore: consultation.questionsBefore, expected: consultation.expected.length, outageRule: consultation.outageRule });
    });
  }

  /** A blank form to download for one of the documents expected from bidders. */
  async expectedForm(actor: Actor, id: string, label: string, upload: OneFile | null): Promise<void> {
    const { name, bytes, mediaType } = checkedFile(upload, this.config.documentLimits, 'document');
    // Asked before a file is written: a stranger must not fill the disk.
    await this.acts.look(actor, 'consultation.expected-form', async (act) => {
      const found = await act.db.findOneBy(Consultation, { id });
      act.see(found !== null && worksOn(actor, found.territory));
      act.require(found !== null && mayManage(actor, found), WHOSE);
    });
    const file = await StoredFile.write(this.files, this.random, this.clock.now(), name, mediaType, bytes);
    await this.managed(actor, id, 'consultation.expected-form', async (act, consultation) => {
      if (consultation.status !== 'draft' || consultation.frozenAt !== null) throw new Refused('frozen', 'Les documents attendus sont annoncés : reprenez le dossier avant de les changer.');
      if (!consultation.expected.some((one) => one.label === label)) throw new NotFound();
      consultation.expected = consultation.expected.map((one) => (one.label === label ? { label, fileId: file.id, fileName: name } : one));
      await act.add(file);
      await act.db.update(Consultation, { id }, { expected: consultation.expected });
      await askVisasAgain(act, id);
      act.record({ form: label, sha256: file.sha256 });
    });
  }

  private managed(actor: Actor, id: string, name: string, work: (act: Act, consultation: Consultation) => Promise<void>): Promise<void> {
    return this.acts.perform(actor, name, async (act) => {
      const consultation = await act.load(Consultation, id);
      act.see(worksOn(actor, consultation.territory));
      act.require(mayManage(actor, consultation), WHOSE);
      act.on(id);
      await work(act, consultation);
    });
  }
}
