// The book works without this; it folds the contents on narrow screens, marks
// where you are, and turns pages with the arrow keys.
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

  fold();
  wide.addEventListener('change', fold);
  document.addEventListener('keydown', turn);
  if (toc && 'IntersectionObserver' in window) follow();
})();
