// Light or dark as the reader chose it last, before anything is painted; until
// he chooses, as his system has it.
'use strict';

(function () {
  const root = document.documentElement;
  const dark = window.matchMedia('(prefers-color-scheme: dark)');

  function kept() {
    try {
      return window.localStorage.getItem('theme');
    } catch (refused) { // some browsers keep nothing for files
      return null;
    }
  }

  function keep(theme) {
    try {
      window.localStorage.setItem('theme', theme);
    } catch (refused) {
      // The choice holds for this page.
    }
  }

  function now() {
    return root.dataset.theme || (dark.matches ? 'dark' : 'light');
  }

  function label(button) {
    const other = now() === 'dark' ? 'light' : 'dark';
    button.textContent = other === 'dark' ? '☾' : '☀';
    button.title = 'Switch to ' + other;
    button.setAttribute('aria-label', button.title);
  }

  function add() {
    const bar = document.querySelector('.bar nav');
    if (!bar) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'theme';
    button.addEventListener('click', function () {
      root.dataset.theme = now() === 'dark' ? 'light' : 'dark';
      keep(root.dataset.theme);
      label(button);
    });
    dark.addEventListener('change', () => label(button));
    label(button);
    bar.append(button);
  }

  if (['light', 'dark'].includes(kept())) root.dataset.theme = kept();
  document.addEventListener('DOMContentLoaded', add);
})();
