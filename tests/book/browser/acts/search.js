// page: 03_locks.html
// The index comes when the box is used; a result leads to its section.
const box = document.querySelector('.search input');
document.body.dispatchEvent(new KeyboardEvent('keydown',
  { key: '/', bubbles: true }));
if (document.activeElement !== box) throw new Error('"/" finds no box');
const index = document.getElementById('search-index');
await new Promise((loaded) => index.addEventListener('load', loaded));
box.value = 'lost update';
box.dispatchEvent(new Event('input'));
const links = [...document.querySelectorAll('.search ol a')];
if (!links.some((a) => a.href.endsWith('03_locks.html#seeing-the-lost-update')))
  throw new Error('"lost update" is not found: ' + links.map((a) => a.href));
// A section may be found by its heading alone: then nothing is marked.
box.value = 'deadlock';
box.dispatchEvent(new Event('input'));
const marks = [...document.querySelectorAll('.search mark')];
if (!marks.length || marks.some((m) => m.textContent !== 'deadlock' &&
                                m.textContent !== 'Deadlock'))
  throw new Error('marked: ' + marks.map((m) => m.textContent));
box.value = 'zyzzyva';
box.dispatchEvent(new Event('input'));
if (!document.querySelector('.search .none')) throw new Error('found nonsense');
