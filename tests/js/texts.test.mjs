import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { duration, money } from '../../static/js/formats.js';
import { TEXTS, pickLocale, t, textIn } from '../../static/js/texts.js';

const STATIC = new URL('../../static/', import.meta.url);

/** Our name is the same in all languages; signs are no words. */
const NO_WORDS = /^(Seatwire|[^\p{L}]*)$/u;

const filesIn = (folder, end) =>
  readdirSync(new URL(folder, STATIC))
    .filter((name) => name.endsWith(end))
    .map((name) => [name, readFileSync(new URL(`${folder}${name}`, STATIC), 'utf8')]);

const placesIn = (text) => {
  const forms = typeof text === 'string' ? [text] : Object.values(text);
  return [...new Set(forms.flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();
};

test('both languages have the same texts with the same places for values', () => {
  assert.deepEqual(Object.keys(TEXTS.de).sort(), Object.keys(TEXTS.en).sort());
  for (const [key, text] of Object.entries(TEXTS.en)) {
    assert.deepEqual(placesIn(TEXTS.de[key]), placesIn(text), key);
    assert.equal(typeof TEXTS.de[key], typeof text, key);
  }
});

test('every text that a page or a module names exists', () => {
  const named = [
    ...filesIn('./', '.html').flatMap(([name, html]) =>
      [...html.matchAll(/ data-t(?:-\w+)?="([^"]+)"/g)].map(([, key]) => [name, key]),
    ),
    ...filesIn('js/', '.js').flatMap(([name, code]) =>
      [...code.matchAll(/\bt\(\s*'([^']+)'/g)].map(([, key]) => [name, key]),
    ),
  ];
  assert.ok(named.length > 40);
  for (const [name, key] of named) assert.ok(key in TEXTS.en, `${name} names ${key}`);
});

test('every text is named by a page or a module', () => {
  const named = [...filesIn('./', '.html'), ...filesIn('./', '.js'), ...filesIn('js/', '.js')]
    .filter(([name]) => name !== 'texts.js')
    .map(([, text]) => text)
    .join();
  const begun = [...named.matchAll(/`([a-z_]+\.[a-z_]*)\$\{/g)].map(([, start]) => start);
  for (const key of Object.keys(TEXTS.en)) {
    const isNamed = named.includes(`'${key}'`) || named.includes(`"${key}"`);
    assert.ok(isNamed || begun.some((start) => key.startsWith(start)), `nobody says ${key}`);
  }
});

test('nothing but Intl writes prices and times', () => {
  for (const [name, code] of filesIn('js/', '.js')) {
    assert.doesNotMatch(code, /\.toLocale(Date|Time)?String\(/, name);
  }
});

test('no page has words of its own', () => {
  for (const [name, html] of filesIn('./', '.html')) {
    const texts = html
      .replace(/<!--[^]*?-->|<noscript>[^]*?<\/noscript>/g, '')
      .split(/<[^>]*>/)
      .map((text) => text.trim());
    for (const text of texts) assert.match(text, NO_WORDS, name);
    for (const [, value] of html.matchAll(/ (?:title|alt|aria-label|placeholder)="([^"]*)"/g)) {
      assert.match(value, NO_WORDS, name);
    }
  }
});

test('the first language that we speak is chosen, with its region', () => {
  assert.equal(pickLocale(['fr-CH', 'de-AT', 'en']), 'de-AT');
  assert.equal(pickLocale(['en-GB', 'de']), 'en-GB');
  assert.equal(pickLocale(['DE']), 'DE');
  assert.equal(pickLocale(['fr']), 'en');
  assert.equal(pickLocale([]), 'en');
});

test('values are filled in, numbers as the reader writes them', () => {
  assert.equal(textIn('en', 'basket.remove', { seat: '$& A-1' }), 'Give back $& A-1');
  assert.equal(textIn('en', 'shows.seats', { count: 39_417 }), '39,417 seats');
  assert.equal(textIn('de-DE', 'shows.seats', { count: 39_417 }), '39.417 Plätze');
  assert.equal(textIn('de', 'fresh.stale'), 'Veraltet seit {time}');
});

test('the plural form goes by the count', () => {
  assert.equal(textIn('en', 'basket.total', { count: 1 }), '1 seat');
  assert.equal(textIn('en', 'basket.total', { count: 0 }), '0 seats');
  assert.equal(textIn('de', 'basket.total', { count: 1 }), '1 Platz');
  assert.equal(textIn('de', 'basket.total', { count: 2 }), '2 Plätze');
});

test('an unknown text is its key', () => {
  assert.equal(t('nowhere.to_be_found'), 'nowhere.to_be_found');
});

test('prices and times are written in the language of the words', () => {
  assert.equal(money(4_950, 'EUR', 'en'), '€49.50');
  assert.equal(money(4_950, 'EUR', 'de').replace(/\s/g, ' '), '49,50 €');
  assert.equal(money(4_950, 'JPY', 'en'), '¥4,950');
  assert.equal(duration(600, 'en'), '10 minutes');
  assert.equal(duration(90, 'de').replace(/\s/g, ' '), '90 Sekunden');
});
