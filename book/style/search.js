// Search without a server: the index is a script that is loaded when the box is
// first used. It calls wbIndex() with rows of address, page, heading, text.
'use strict';

(function () {
  const MOST = 12, AROUND = 60;
  const self = document.currentScript;
  const base = self && self.src ? new URL('..', self.src).href : '';
  let rows = null, box = null, list = null;

  window.wbIndex = function (all) {
    rows = all.map(function (row) {
      return { url: row[0], page: row[1], heading: row[2], text: row[3],
               head: (row[1] + ' ' + row[2]).toLowerCase(),
               low: row[3].toLowerCase() };
    });
    if (box) show();
  };

  function load() {
    if (rows || document.getElementById('search-index')) return;
    const script = document.createElement('script');
    script.id = 'search-index';
    script.src = base + 'style/search-index.js';
    document.head.append(script);
  }

  // A word counts most in a heading, and where it begins a word of the text.
  function score(row, words) {
    let sum = 0;
    for (const word of words) {
      const at = row.low.indexOf(word);
      const inHead = row.head.includes(word);
      if (at < 0 && !inHead) return 0;
      sum += inHead ? 20 : 0;
      sum += Math.min(row.low.split(word).length - 1, 8);
      sum += at >= 0 && !/\w/.test(row.low[at - 1] || ' ') ? 4 : 0;
    }
    return sum;
  }

  // What stands around the first of the words that the text has: whole words.
  // Those that only the heading has are marked nowhere.
  function snippet(row, words) {
    const word = words.find((w) => row.low.includes(w)) || '';
    const at = row.low.indexOf(word);
    const end = at + word.length;
    const before = row.text.slice(0, at);
    const after = row.text.slice(end);
    const line = document.createElement('small');
    const mark = document.createElement('mark');
    mark.textContent = row.text.slice(at, end);
    line.append(before.length <= AROUND ? before
      : '… ' + before.slice(-AROUND).replace(/^\S*\s/, ''));
    if (word) line.append(mark);
    line.append(after.length <= AROUND ? after
      : after.slice(0, AROUND).replace(/\s\S*$/, '') + ' …');
    return line;
  }

  function entry(row, words) {
    const item = document.createElement('li');
    const link = document.createElement('a');
    const title = document.createElement('b');
    link.href = base + row.url;
    title.textContent = row.page +
      (row.heading === row.page ? '' : ' › ' + row.heading);
    link.append(title, snippet(row, words));
    link.addEventListener('click', () => close());
    item.append(link);
    return item;
  }

  function say(text) {
    const item = document.createElement('li');
    item.className = 'none';
    item.textContent = text;
    list.replaceChildren(item);
  }

  function show() {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.hidden = words.length === 0;
    if (list.hidden) return;
    if (!rows) return say('Reading the index …');
    const found = rows.map((row) => [score(row, words), row])
      .filter((pair) => pair[0] > 0).sort((a, b) => b[0] - a[0]);
    if (found.length === 0) return say('Nothing is found.');
    list.replaceChildren(...found.slice(0, MOST)
      .map((pair) => entry(pair[1], words)));
  }

  function close() {
    list.hidden = true;
  }

  function step(event) {
    const links = [...list.querySelectorAll('a')];
    const at = links.indexOf(document.activeElement);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') {
      close();
      box.focus();
    } else if (event.key === 'Enter' && at < 0 && links[0]) {
      links[0].click();
    } else if (by && links.length > 0) {
      event.preventDefault();
      const next = links[at + by];
      (next || box).focus();
    }
  }

  function build() {
    const bar = document.querySelector('.bar');
    if (!bar) return;
    const form = document.createElement('form');
    form.className = 'search';
    form.setAttribute('role', 'search');
    form.innerHTML = '<input type="search" placeholder="Search  /" ' +
      'aria-label="Search the book" autocomplete="off"><ol hidden></ol>';
    bar.insertBefore(form, bar.querySelector('nav'));
    box = form.querySelector('input');
    list = form.querySelector('ol');
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('keydown', step);
    box.addEventListener('focus', load);
    box.addEventListener('input', show);
  }

  document.addEventListener('keydown', function (event) {
    const busy = document.activeElement !== document.body &&
      document.activeElement !== null;
    if (event.key !== '/' || busy || event.ctrlKey || event.metaKey) return;
    if (!box) return; // a page without a bar
    event.preventDefault();
    box.focus();
  });
  document.addEventListener('click', function (event) {
    if (list && !event.target.closest('.search')) close();
  });
  document.addEventListener('DOMContentLoaded', build);
})();
