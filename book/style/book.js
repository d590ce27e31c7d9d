// The book works without this; it folds the contents on narrow screens, marks
// where you are, turns pages with the arrow keys, and prints the answers of the
// quiz below the text.
'use strict';

(function () {
  const toc = document.querySelector('.toc');
  const wide = window.matchMedia('(min-width: 68rem)');

  function fold() {
    if (toc) toc.open = wide.matches;
  }

  function turn(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const focused = document.activeElement;
    if (focused && focused !== document.body) return;
    const rel = { ArrowLeft: 'prev', ArrowRight: 'next' }[event.key];
    const link = rel && document.querySelector(`link[rel=${rel}]`);
    if (link) window.location.href = link.href;
  }

  function follow() {
    const links = new Map();
    toc.querySelectorAll('a').forEach(function (a) {
      const heading = document.getElementById(a.hash.slice(1));
      if (heading) links.set(heading, a);
    });
    const seen = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) return;
        links.forEach((a) => a.removeAttribute('aria-current'));
        links.get(entry.target).setAttribute('aria-current', 'location');
      });
    }, { rootMargin: '0px 0px -70% 0px' });
    links.forEach((a, heading) => seen.observe(heading));
  }

  function isAnswer(details) {
    const summary = details.querySelector('summary');
    return summary && summary.textContent.trim() === 'Answer';
  }

  function printable(details, number) {
    const answer = document.createElement('div');
    const label = document.createElement('p');
    label.innerHTML = `<b>${number}.</b>`;
    answer.append(label, ...[...details.cloneNode(true).childNodes].filter(
      (n) => n.nodeName !== 'SUMMARY'));
    answer.querySelectorAll('[id]').forEach((n) => n.removeAttribute('id'));
    return answer;
  }

  // On paper nothing unfolds: answers go to the end, and a line says so in
  // their places. Whatever else is folded is opened.
  function print() {
    const end = document.createElement('section');
    let count = 0;
    end.className = 'printed';
    end.innerHTML = '<h2>Answers</h2>';
    document.querySelectorAll('main details').forEach(function (details) {
      if (!isAnswer(details)) {
        if (!details.open) details.dataset.folded = '';
        details.open = true;
        return;
      }
      end.append(printable(details, ++count));
      const pointer = document.createElement('p');
      pointer.className = 'printed';
      pointer.textContent = `Answer ${count} stands at the end.`;
      details.before(pointer);
      details.hidden = true;
    });
    const main = document.querySelector('main');
    if (main && count > 0) main.append(end);
  }

  function printed() {
    document.querySelectorAll('.printed').forEach((n) => n.remove());
    document.querySelectorAll('main details').forEach(function (details) {
      details.hidden = false;
      if ('folded' in details.dataset) details.open = false;
      delete details.dataset.folded;
    });
  }

  function goal() {
    const id = window.location.hash.slice(1);
    try {
      return document.getElementById(decodeURIComponent(id));
    } catch (malformed) { // "#50%" is somebody's slip, not an id
      return null;
    }
  }

  // A link into what is folded opens it; not every browser does so itself.
  function reveal() {
    const target = goal();
    if (!target || !target.closest('details:not([open])')) return;
    for (let d = target.closest('details'); d;
      d = d.parentElement.closest('details')) d.open = true;
    target.scrollIntoView();
  }

  window.addEventListener('hashchange', reveal);
  reveal();
  window.addEventListener('beforeprint', print);
  window.addEventListener('afterprint', printed);
  fold();
  wide.addEventListener('change', fold);
  document.addEventListener('keydown', turn);
  if (toc && 'IntersectionObserver' in window) follow();
})();
