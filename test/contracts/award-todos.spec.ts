import { expect, it } from '@jest/globals';
import { Award } from '../../src/awards/award.js';
import { ReasonsRequest } from '../../src/awards/reasons-request.js';
import { awardTodos } from '../../src/contracts/award-todos.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { Actor } from '../../src/platform/actor.js';

const NOW = new Date('2023-11-20T09:00:00.000Z');
const who = (role: string, id = role) => new Actor(id, id, [{ organisationId: 'ddets', organisationName: 'DDETS', role, territory: '67' }]);
const call = (awards: Partial<Award>[], requests: Partial<ReasonsRequest>[] = []) =>
  Object.assign(new Consultation(), { id: 'c', territory: '67', timeZone: 'Europe/Paris', title: 'Diagnostic', awards: awards.map((one) => Object.assign(new Award(), { proposedById: 'dept-officer', certifiedAt: NOW, decidedAt: NOW, askedAt: NOW, ...one })), requests: requests.map((one) => Object.assign(new ReasonsRequest(), { receivedAt: NOW, ...one })) });
const said = (...[calls, actor]: [ReturnType<typeof call>, Actor]) => awardTodos(calls, actor, NOW).map((one) => [one.what, one.tone, one.href]);

it('à faire : décider, écrire, relancer, répondre dans les quinze jours, chacun selon son rôle', () => {
  const page = '/consultations/c/attribution';
  expect(said(call([{ status: 'certified' }]), who('dept-signatory'))).toEqual([['Attribution à décider', 'attention', page]]);
  expect(said(call([{ status: 'certified', proposedById: 'dept-signatory' }]), who('dept-signatory'))).toEqual([]);
  expect(said(call([{ status: 'certified' }, { status: 'decided' }]), who('dept-officer'))).toEqual([]);
  expect(said(call([{ status: 'decided' }]), who('dept-signatory'))).toEqual([['Lettres aux candidats à envoyer', 'attention', page]]);
  expect(said(call([{ status: 'asked', certificatesDue: '2023-11-20' }]), who('dept-officer'))).toEqual([]);
  expect(said(call([{ status: 'asked', certificatesDue: '2023-11-19' }]), who('dept-officer'))).toEqual([['Pièces de l’attributaire pressenti : le délai est passé', 'danger', page]]);
  expect(said(call([], [{ dueOn: '2023-11-20' }, { dueOn: '2023-11-19' }]), who('dept-officer')).map(([what, tone]) => [what, tone])).toEqual([['Demande de motifs à laquelle répondre', 'attention'], ['Demande de motifs : le délai de réponse est passé', 'danger']]);
  expect(said(call([], [{ dueOn: '2023-11-20' }]), who('opener'))).toEqual([]);
});
