/** One request over HTTP: its time limit, its token, and its refusal as a WireError. */

import { WireError, errorFrom } from './protocol.js';

/** Longer than a slow mobile network needs, shorter than a buyer's patience. */
const REQUEST_TIMEOUT_MS = 15_000;

/**
 * @typedef {object} AskOptions
 * @property {string} [method] GET when left out
 * @property {string} [token]
 * @property {unknown} [body] sent as JSON
 * @property {string} [bodyText] sent as it is, in place of `body`
 * @property {number} [timeoutMs]
 */

/**
 * Ask and return the answer's body. Rejects with WireError; its code is `offline` when no answer
 * came at all.
 *
 * @param {URL} url
 * @param {AskOptions} [options]
 * @returns {Promise<any>}
 */
export async function askJson(url, options) {
  return (await answerTo(url, 'application/json', options)).json;
}

/**
 * Ask and return the answer as text, for pictures and files. Rejects like `askJson`.
 *
 * @param {URL} url
 * @param {AskOptions} [options]
 * @returns {Promise<string>}
 */
export async function askText(url, options) {
  return (await answerTo(url, '*/*', options)).text;
}

/**
 * @param {URL} url
 * @param {string} accept
 * @param {AskOptions} [options]
 */
async function answerTo(url, accept, options = {}) {
  const { method = 'GET', token, body, timeoutMs = REQUEST_TIMEOUT_MS } = options;
  const sent = options.bodyText ?? (body === undefined ? undefined : JSON.stringify(body));
  /** @type {Record<string, string>} */
  const headers = { Accept: accept };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (sent !== undefined) headers['Content-Type'] = 'application/json';
  const signal = AbortSignal.timeout(timeoutMs);
  let response;
  let text;
  try {
    response = await fetch(url, { method, headers, signal, body: sent });
    text = await response.text();
  } catch (error) {
    throw new WireError('offline', String(error));
  }
  const json = parse(text);
  if (!response.ok) throw problem(response.status, json);
  if (accept === 'application/json' && json === undefined) {
    throw new WireError('unavailable', `The server answered ${response.status} without words.`);
  }
  return { text, json };
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {number} status
 * @param {any} body an RFC 9457 problem with our `code`, or whatever a proxy made up
 */
function problem(status, body) {
  if (typeof body?.code !== 'string') {
    return new WireError('unavailable', `The server answered ${status}.`);
  }
  return errorFrom({ message: body.detail ?? body.title, ...body });
}
