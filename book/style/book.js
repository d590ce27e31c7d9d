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

  // On paper nothing unfolds: answers go to the end, numbered like the links
  // that stand in their places.
  function print() {
    const end = document.createElement('section');
    end.className = 'printed';
    end.innerHTML = '<h2>Answers</h2>';
    document.querySelectorAll('main details').forEach(function (d, i) {
      const answer = document.createElement('div');
      const number = document.createElement('p');
      number.innerHTML = `<b>${i + 1}.</b>`;
      answer.append(number, ...[...d.cloneNode(true).childNodes].filter(
        (n) => n.nodeName !== 'SUMMARY'));
      answer.querySelectorAll('[id]').forEach((n) => n.removeAttribute('id'));
      end.append(answer);
      const pointer = document.createElement('p');
      pointer.className = 'printed';
      pointer.textContent = `Answer ${i + 1} stands at the end.`;
      d.before(pointer);
      d.hidden = true;
    });
    const main = document.querySelector('main');
    if (main && end.children.length > 1) main.append(end);
  }

  function printed() {
    document.querySelectorAll('.printed').forEach((n) => n.remove());
    document.querySelectorAll('main details[hidden]').forEach(function (d) {
      d.hidden = false;
    });
  }

  window.addEventListener('beforeprint', print);
  window.addEventListener('afterprint', printed);
  fold();
  wide.addEventListener('change', fold);
  document.addEventListener('keydown', turn);
  if (toc && 'IntersectionObserver' in window) follow();
})();
