import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { MAIL_SAMPLES } from '../../src/help/mail-samples.js';
import { templateOf } from '../../src/help/mails.pages.js';
import { Templates } from '../../src/platform/templates.js';

const templates = new Templates('templates');
const kinds = readdirSync('templates/mails').filter((name) => !name.endsWith('.text.hbs')).map((name) => name.replace('.hbs', ''));
/** What a missing field leaves behind in a sentence. */
const HOLES = /undefined|null|NaN|\[object|\{\{|«\s*»|\(\s*\)|\s,|:\s*\.|\s\.(?=\s|$)/;

describe('la page de tous les courriels', () => {
  it('montre chaque modèle de courriel du produit', () => {
    expect([...new Set(Object.keys(MAIL_SAMPLES).map((one) => templateOf(one)))].toSorted()).toEqual(kinds.toSorted());
  });

  it.each(Object.entries(MAIL_SAMPLES))('« %s » est complet, mis en forme et en texte seul', (kind, { subject, when, data }) => {
    const html = templates.render(`mails/${templateOf(kind)}`, data);
    const text = templates.render(`mails/${templateOf(kind)}.text`, data);
    expect(html).toMatch(/^<!doctype html>[\s\S]*<html lang="fr">[\s\S]*<title>[^<]+<\/title>/);
    expect(html).not.toMatch(/<(p|td|th|h1|li)[^>]*>\s*<\/\1>/);
    expect(html.slice(html.indexOf('<body')).replaceAll(/<[^>]*>/g, '')).not.toMatch(HOLES);
    expect(text.replaceAll(/https?:\S+/g, 'lien')).not.toMatch(HOLES);
    expect(text).not.toMatch(/<\/?[a-z]+>|&[a-z]+;/);
    expect(subject.length).toBeGreaterThan(3);
    expect(when).toMatch(/^(À|Au|Aux) .*\.$/);
  });
});
