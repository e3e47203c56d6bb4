import { Controller, Get, Header, Param, Query, Render, StreamableFile } from '@nestjs/common';
import { GREEN_LIGHT_SCOPES } from '../agreements/green-light.js';
import { mayKeepLot } from '../agreements/agreement.policy.js';
import { DIAGNOSTIC_WORDS } from '../commissions/diagnostic.view.js';
import { mayKeepDiagnostic } from '../commissions/diagnostic.policy.js';
import { mayPrepare } from '../contracts/contract.policy.js';
import { CONTRACT_WORDS } from '../contracts/contract.view.js';
import { department, DEPARTMENTS } from '../people/departments.js';
import type { Actor } from '../platform/actor.js';
import { csvFile, xlsxFile } from '../platform/spreadsheet.js';
import { dayInFrench } from '../platform/working-days.js';
import { queryText, Who } from '../platform/web.js';
import { type CockpitPlace, CockpitService } from './cockpit.service.js';
import { type CockpitQuery, behindPlan, dueSoon, endingOf, EXPORT_HEADER, exportRow, filterOptions, mapPlaces, matches, placeJson, planOf, showPlaceRow, timelineOf, totalsByRegion } from './cockpit.view.js';
import { mapOf } from './map.js';
import { daysLate, stageOf } from './stage.js';

type Typed = Record<string, unknown>;
const queryOf = (query: Typed): CockpitQuery & { framework: string; region: string } => ({ framework: queryText(query.accord), region: queryText(query.region), lot: queryText(query.lot), wave: queryText(query.vague), stage: queryText(query.etape) });

@Controller()
export class CockpitPages {
  constructor(private readonly cockpit: CockpitService) {}

  @Get('deploiement')
  @Render('cockpit/map')
  async map(@Who() actor: Actor, @Query() query: Typed) {
    const chosen = queryOf(query);
    const { framework, frameworks, places, day } = await this.cockpit.read(actor, chosen.framework, chosen.region);
    if (!framework) return { framework: null };
    const shown = places.filter((place) => matches(place, chosen));
    const national = new Set(places.map((place) => DEPARTMENTS.get(place.departmentCode)?.regionCode)).size > 1;
    const here = places[0] ? department(places[0].departmentCode) : undefined;
    const region = national ? undefined : [...DEPARTMENTS.values()].filter((one) => one.regionCode === here?.regionCode).map((one) => one.code);
    const kept = new URLSearchParams(Object.entries({ accord: framework.id, region: chosen.region, lot: chosen.lot, vague: chosen.wave, etape: chosen.stage }).filter(([, value]) => value)).toString();
    return {
      framework: { id: framework.id, title: framework.title },
      frameworks: frameworks.map((one) => ({ value: one.id, label: `${one.title} (${one.reference})`, selected: one.id === framework.id })),
      scope: national ? 'France métropolitaine' : places.length === 1 ? `${here?.name} (${here?.code})` : (here?.regionName ?? ''),
      map: shown.length > 0 ? mapOf(mapPlaces(shown, day, framework.id), region ? { only: region } : {}) : null,
      rows: shown.map((place) => showPlaceRow(place, day, framework.id)),
      counts: { departments: shown.length, started: shown.filter((place) => place.reached.start).length, late: shown.filter((place) => daysLate(place, day) > 0).length },
      regions: national ? totalsByRegion(shown, day).map((one) => ({ ...one, href: `/deploiement?accord=${framework.id}&region=${one.regionCode}` })) : null,
      ending: endingOf(framework, places, day),
      due: dueSoon(shown, day, framework.id),
      behind: behindPlan(shown, day, framework.id),
      filters: filterOptions(places, chosen),
      filtered: chosen.lot !== '' || chosen.wave !== '' || chosen.stage !== '',
      region: chosen.region,
      csvHref: `/deploiement.csv?${kept}`,
      xlsxHref: `/deploiement.xlsx?${kept}`,
    };
  }

  @Get('deploiement.csv')
  @Header('content-type', 'text/csv; charset=utf-8')
  async csv(@Who() actor: Actor, @Query() query: Typed) {
    const rows = await this.rows(actor, query);
    return new StreamableFile(csvFile(EXPORT_HEADER, rows), { type: 'text/csv; charset=utf-8', disposition: 'attachment; filename="deploiement.csv"' });
  }

  @Get('deploiement.xlsx')
  async xlsx(@Who() actor: Actor, @Query() query: Typed) {
    const rows = await this.rows(actor, query);
    return new StreamableFile(await xlsxFile('Déploiement', EXPORT_HEADER, rows), { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', disposition: 'attachment; filename="deploiement.xlsx"' });
  }

  @Get('deploiement/:code')
  @Render('cockpit/department')
  async department(@Who() actor: Actor, @Param('code') code: string, @Query('accord') framework: unknown) {
    const found = await this.cockpit.department(actor, code, queryText(framework));
    const { name, complement, regionCode } = department(code);
    return {
      code,
      name,
      complement,
      framework: { id: found.framework.id, title: found.framework.title },
      others: found.frameworks.filter((one) => one.id !== found.framework.id).map(({ id, title }) => ({ id, title })),
      lot: { number: found.lot.number, name: found.lot.name },
      row: showPlaceRow(found, found.day, found.framework.id),
      pulledForward: found.place.pulledForward,
      wantedStart: found.place.wantedStart ? dayInFrench(found.place.wantedStart) : null,
      steps: timelineOf(found, found.day),
      plan: planOf(found, found.day),
      holders: found.holders.map((one) => ({ name: one.name, members: one.members.map((member) => member.name), organisationId: one.organisationId })),
      greenLights: found.greenLights.map((one) => ({ id: one.id, scope: GREEN_LIGHT_SCOPES[one.scope], date: dayInFrench(one.givenOn), reference: one.reference })),
      diagnostics: found.diagnostics.map(({ diagnostic, missing }) => ({ id: diagnostic.id, title: diagnostic.title, stage: DIAGNOSTIC_WORDS[diagnostic.status], missing })),
      contracts: found.contracts.map((one) => ({ id: one.id, title: one.title, status: CONTRACT_WORDS[one.status], contractor: one.contractorName })),
      can: {
        target: mayKeepLot(actor, found.lot),
        diagnostic: mayKeepDiagnostic(actor, code) && !found.diagnostics.some(({ diagnostic }) => diagnostic.status !== 'rejected' && diagnostic.status !== 'superseded'),
        prepare: (mayPrepare(actor, `R${regionCode}`) || mayPrepare(actor, `R${found.lot.regionCode}`)) && !found.contracts.some((one) => one.live),
        order: actor.holdsOn('dept-officer', code),
      },
    };
  }

  @Get('api/deployment')
  async json(@Who() actor: Actor, @Query('framework') framework: unknown, @Query('region') region: unknown) {
    const { places, day } = await this.cockpit.read(actor, queryText(framework), queryText(region));
    return { rows: places.map((place) => placeJson(place, day)) };
  }

  @Get('api/deployment/:code')
  async departmentJson(@Who() actor: Actor, @Param('code') code: string, @Query('framework') framework: unknown) {
    const found = await this.cockpit.department(actor, code, queryText(framework));
    return {
      ...placeJson(found, found.day),
      reached: found.reached,
      stageLabel: stageOf(found.reached).label,
      holders: found.holders.map((one) => one.name),
      greenLights: found.greenLights.map(({ id, scope, givenOn, reference }) => ({ id, scope, givenOn, reference })),
      diagnostics: found.diagnostics.map(({ diagnostic, missing }) => ({ id: diagnostic.id, title: diagnostic.title, status: diagnostic.status, missing })),
      contracts: found.contracts.map(({ id, title, status }) => ({ id, title, status })),
      plan: planOf(found, found.day),
    };
  }

  private async rows(actor: Actor, query: Typed) {
    const chosen = queryOf(query);
    const { places, day } = await this.cockpit.read(actor, chosen.framework, chosen.region);
    return places.filter((place: CockpitPlace) => matches(place, chosen)).map((place) => exportRow(place, day));
  }
}
